package ingest

import "strings"

// joins are the conversions that mapping lines name before their paths.
var joins = map[string]func(vals []string) string{
	"recordName":    func(v []string) string { return named(recordNames, v[0]) },
	"userName":      func(v []string) string { return named(userNames, v[0]) },
	"logonName":     func(v []string) string { return named(logonNames, v[0]) },
	"logonTypeName": func(v []string) string { return named(logonTypes, v[0]) },
	"firstLine": func(v []string) string {
		line, _, _ := strings.Cut(v[0], "\n")
		return strings.TrimSpace(line)
	},
	"fileName": func(v []string) string { return v[0][strings.LastIndexByte(v[0], '\\')+1:] },
	// The API says "Other." of a sign-in that succeeded; the table says nothing.
	"reason": func(v []string) string {
		if v[0] == "0" {
			return ""
		}
		return v[1]
	},
	"account":   func(v []string) string { return account(v[0], v[1]) },
	"actor":     actor,
	"actorType": actorType,
}

func named(names map[string]string, v string) string {
	if n, ok := names[v]; ok {
		return n
	}
	return v
}

// Numbers of the Office 365 audit log and the names that OfficeActivity has.
var (
	recordNames = map[string]string{"1": "ExchangeAdmin", "2": "ExchangeItem", "3": "ExchangeItemGroup", "4": "SharePoint",
		"6": "SharePointFileOperation", "8": "AzureActiveDirectory", "14": "SharePointSharingOperation",
		"15": "AzureActiveDirectoryStsLogon", "18": "SecurityComplianceCenterEOPCmdlet", "25": "MicrosoftTeams",
		"36": "SharePointListOperation", "40": "SecurityComplianceAlerts"}
	userNames = map[string]string{"0": "Regular", "1": "Reserved", "2": "Admin", "3": "DcAdmin", "4": "System", "5": "Application",
		"6": "ServicePrincipal", "7": "CustomPolicy", "8": "SystemPolicy"}
	logonNames = map[string]string{"0": "Owner", "1": "Admin", "2": "Delegated"}
)

// logonTypes are Windows logon types as LogonTypeName has them.
var logonTypes = map[string]string{"2": "2 - Interactive", "3": "3 - Network", "4": "4 - Batch", "5": "5 - Service", "7": "7 - Unlock",
	"8": "8 - NetworkCleartext", "9": "9 - NewCredentials", "10": "10 - RemoteInteractive", "11": "11 - CachedInteractive"}

func account(domain, user string) string {
	if domain == "" && user == "" {
		return ""
	}
	if domain == "" {
		return user
	}
	return domain + `\` + user
}

// actor is the account an event is about: who logged on for logons, who did
// it otherwise. v is EventID and domain and user of subject and target.
func actor(v []string) string {
	switch v[0] {
	case "4624", "4625", "4634", "4647", "4648":
		if v[4] != "" {
			return account(v[3], v[4])
		}
	}
	return account(v[1], v[2])
}

// actorType is Machine for computer accounts and the service accounts.
func actorType(v []string) string {
	a := actor(v)
	switch {
	case a == "" || a == `-\-`:
		return ""
	case strings.HasSuffix(a, "$"), strings.HasPrefix(strings.ToUpper(a), `NT AUTHORITY\`):
		return "Machine"
	}
	return "User"
}
