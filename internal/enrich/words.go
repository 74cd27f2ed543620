package enrich

import (
	"fmt"
	"strings"
	"time"
)

// list joins words for a sentence, the first few of many.
func list(ws []string, last string, most int) string {
	if len(ws) > most {
		return strings.Join(ws[:most], ", ") + fmt.Sprintf(" %s %d more", last, len(ws)-most)
	}
	switch len(ws) {
	case 0:
		return ""
	case 1:
		return ws[0]
	}
	return strings.Join(ws[:len(ws)-1], ", ") + " " + last + " " + ws[len(ws)-1]
}

func quote(ws []string) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		if len(w) > 60 {
			w = w[:57] + "…"
		}
		out[i] = `"` + strings.ReplaceAll(w, "\n", " ") + `"`
	}
	return out
}

// span says a duration as people do.
func spanWords(d time.Duration) string {
	day := 24 * time.Hour
	switch {
	case d <= 0:
		return ""
	case d%day == 0 && d >= day:
		return count(int(d/day), "day")
	case d%time.Hour == 0:
		return count(int(d/time.Hour), "hour")
	case d%time.Minute == 0:
		return count(int(d/time.Minute), "minute")
	}
	return d.String()
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	first := []rune(s)
	s = strings.ToUpper(string(first[0])) + string(first[1:])
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func join(ss ...string) string {
	var out []string
	for _, s := range ss {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

// rows is the plural of what a row is: "sign-ins to ..." for "a sign-in to ...".
func rowsOf(row string) string {
	if row == "" {
		return "rows"
	}
	words := strings.Fields(row)
	if words[0] == "a" || words[0] == "an" {
		words = words[1:]
	}
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = strings.TrimSuffix(words[i+1], ",")
		}
		if i+1 == len(words) || linkWords[next] || strings.HasSuffix(w, ",") || strings.HasSuffix(w, ":") {
			tail := ""
			if strings.HasSuffix(w, ",") || strings.HasSuffix(w, ":") {
				w, tail = w[:len(w)-1], w[len(w)-1:]
			}
			words[i] = plural(w) + tail
			break
		}
	}
	return strings.Join(words, " ")
}

var linkWords = map[string]bool{"to": true, "that": true, "of": true, "in": true, "at": true, "with": true, "by": true, "on": true, "seen": true, "from": true, "and": true, "a": true}

func plural(w string) string {
	switch {
	case strings.HasSuffix(w, "y") && !strings.HasSuffix(w, "ey"):
		return w[:len(w)-1] + "ies"
	case strings.HasSuffix(w, "s"), strings.HasSuffix(w, "x"), strings.HasSuffix(w, "ch"):
		return w + "es"
	}
	return w + "s"
}

// column names as people say them.
var columnWords = map[string]string{
	"UserPrincipalName": "user", "UserDisplayName": "user", "UserId": "user", "Account": "account", "AccountName": "account", "AccountUpn": "user",
	"AccountUPN": "user", "AccountObjectId": "user", "TargetUserName": "target account", "TargetAccount": "target account", "SubjectUserName": "acting account",
	"SubjectAccount": "acting account", "IPAddress": "address", "IpAddress": "address", "ClientIP": "address", "CallerIpAddress": "address", "SourceIP": "source address",
	"SrcIpAddr": "source address", "DstIpAddr": "destination address", "DestinationIP": "destination address", "RemoteIP": "remote address", "cIP": "client address",
	"SourceIpAddress": "address", "ClientIPAddress": "address", "Computer": "machine", "DeviceName": "device", "DeviceId": "device", "HostName": "machine",
	"AppDisplayName": "application", "AppId": "application", "ResultType": "result", "Location": "country", "LocationDetails.city": "city",
	"LocationDetails.countryOrRegion": "country", "UserAgent": "user agent", "ClientAppUsed": "kind of client", "Caller": "caller", "OperationName": "operation",
	"OperationNameValue": "operation", "Operation": "operation", "ActionType": "action", "EventID": "event", "FileName": "program", "ProcessCommandLine": "command line",
	"CommandLine": "command line", "SHA256": "file", "SHA1": "file", "MD5": "file", "RemoteUrl": "remote name", "SenderFromAddress": "sender", "RecipientEmailAddress": "recipient",
	"ServicePrincipalName": "application", "ServicePrincipalId": "application", "CorrelationId": "request", "UserIdentityArn": "identity", "EventName": "API call",
	"InitiatingProcessFileName": "starting program", "OS": "operating system", "Browser": "browser", "City": "city", "State": "state", "Region": "region", "Country": "country",
	"StatusCode": "status", "ResultDescription": "description of the result", "StatusDetails": "detail of the status", "DeviceOS": "operating system",
	"DeviceDetail.operatingSystem": "operating system", "DeviceDetail.browser": "browser", "DeviceVendor": "vendor", "Category": "category", "Subject": "subject", "NetworkMessageId": "mail",
}

// sayColumn is a column in words.
func sayColumn(c string) string {
	if w := columnWords[c]; w != "" {
		return w
	}
	last := c[strings.LastIndexByte(c, '.')+1:]
	if w := columnWords[last]; w != "" {
		return w
	}
	return c
}

func sayColumns(cs []string) []string {
	var out []string
	for _, c := range cs {
		if w := sayColumn(c); !contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// isAccount, isAddress and isHost say what a result column names.
func isAccount(c string) bool {
	w := sayColumn(c)
	low := strings.ToLower(c)
	return w == "user" || w == "account" || w == "target account" || w == "caller" || strings.Contains(low, "userprincipalname") ||
		strings.HasSuffix(low, "upn") || strings.HasSuffix(low, "username") || strings.HasSuffix(low, "accountname") || low == "user" || strings.HasSuffix(low, "account")
}

func isAddress(c string) bool {
	low := strings.ToLower(c)
	return strings.Contains(sayColumn(c), "address") && !strings.Contains(low, "email") && !strings.Contains(low, "mail") ||
		strings.HasSuffix(low, "ip") || strings.HasSuffix(low, "ipaddress") || strings.HasSuffix(low, "ipaddr") || low == "addresses"
}

func isHost(c string) bool {
	w := sayColumn(c)
	return w == "machine" || w == "device"
}

// FirstSentence is the first sentence of a text; one of a few letters, such as
// an abbreviation, is not taken for one.
func FirstSentence(s string) string {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '.' && s[i+1] == ' ' && i > 20 {
			return s[:i+1]
		}
	}
	return s
}
