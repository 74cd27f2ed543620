package ingest

import (
	"fmt"
	"strings"
	"unicode"

	"goshawk/internal/types"
)

// portalColumns maps headers of the Entra portal's sign-in CSV to fields of a
// Graph sign-in.
var portalColumns = [][2]string{
	{"Date (UTC)", "createdDateTime"}, {"Request ID", "id"}, {"User agent", "userAgent"}, {"Correlation ID", "correlationId"},
	{"User ID", "userId"}, {"User", "userDisplayName"}, {"Username", "userPrincipalName"}, {"User type", "userType"},
	{"Cross tenant access type", "crossTenantAccessType"}, {"Incoming token type", "incomingTokenType"},
	{"Authentication Protocol", "authenticationProtocol"}, {"Unique token identifier", "uniqueTokenIdentifier"},
	{"Original transfer method", "originalTransferMethod"}, {"Client credential type", "clientCredentialType"},
	{"Application", "appDisplayName"}, {"Application ID", "appId"}, {"App owner tenant ID", "appOwnerTenantId"},
	{"Resource", "resourceDisplayName"}, {"Resource ID", "resourceId"}, {"Resource tenant ID", "resourceTenantId"},
	{"Resource owner tenant ID", "resourceOwnerTenantId"}, {"Home tenant ID", "homeTenantId"}, {"Home tenant name", "homeTenantName"},
	{"IP address", "ipAddress"}, {"Client app", "clientAppUsed"}, {"Authentication requirement", "authenticationRequirement"},
	{"Sign-in identifier", "signInIdentifier"}, {"Session ID", "sessionId"}, {"IP address (seen by resource)", "ipAddressFromResourceProvider"},
	{"Through Global Secure Access", "isThroughGlobalSecureAccess"}, {"Global Secure Access IP address", "globalSecureAccessIpAddress"},
	{"Autonomous system  number", "autonomousSystemNumber"}, {"Flagged for review", "flaggedForReview"},
	{"Token issuer type", "tokenIssuerType"}, {"Token issuer name", "tokenIssuerName"}, {"Latency", "processingTimeInMilliseconds"},
	{"Conditional Access", "conditionalAccessStatus"}, {"Federated Token Id", "federatedTokenId"}, {"Federated Token Issuer", "federatedTokenIssuer"},
}

// shape is a kind of record: how to know it and where its columns stand.
type shape struct {
	name string
	// keys must all stand in a record of this shape; a key with a dot stands
	// inside an object.
	keys []string
	// table is fixed, or tables looks at the value of key picks.
	table  string
	picks  string
	tables map[string]string
	// prefix is where columns without an entry in maps are looked for.
	prefix string
	// maps has, for a table ("" for all), lines "Column path|path" or
	// "Column =constant".
	maps map[string]string
}

var shapes = []*shape{
	{name: "diagnostic settings records", keys: []string{"category", "properties", "time"}, picks: "category", prefix: "properties.",
		tables: map[string]string{
			"SignInLogs": "SigninLogs", "SignIn": "SigninLogs", "NonInteractiveUserSignInLogs": "AADNonInteractiveUserSignInLogs",
			"ServicePrincipalSignInLogs": "AADServicePrincipalSignInLogs", "ManagedIdentitySignInLogs": "AADManagedIdentitySignInLogs",
			"MicrosoftServicePrincipalSignInLogs": "MicrosoftServicePrincipalSignInLogs", "ADFSSignInLogs": "ADFSSignInLogs",
			"AuditLogs": "AuditLogs", "RiskyUsers": "AADRiskyUsers", "UserRiskEvents": "AADUserRiskEvents",
			"ProvisioningLogs": "AADProvisioningLogs", "MicrosoftGraphActivityLogs": "MicrosoftGraphActivityLogs",
		},
		maps: map[string]string{"": diagColumns, "SigninLogs": signinDiag, "AADNonInteractiveUserSignInLogs": signinDiag, "AuditLogs": auditDiag}},
	{name: "CloudTrail records", keys: []string{"eventName", "eventSource", "eventVersion"}, table: "AWSCloudTrail", maps: map[string]string{"": cloudTrail}},
	{name: "Graph sign-ins", keys: []string{"createdDateTime", "userPrincipalName", "appDisplayName"}, table: "SigninLogs", maps: map[string]string{"": signinGraph}},
	{name: "Graph directory audits", keys: []string{"activityDisplayName", "activityDateTime"}, table: "AuditLogs", maps: map[string]string{"": auditGraph}},
	{name: "Office 365 audit records", keys: []string{"CreationTime", "Operation", "Workload", "RecordType"}, picks: "Workload",
		tables: map[string]string{"Exchange": "OfficeActivity", "SharePoint": "OfficeActivity", "OneDrive": "OfficeActivity", "MicrosoftTeams": "OfficeActivity"}, maps: map[string]string{"": office}},
	{name: "Windows events", keys: []string{"EventID", "Channel", "Hostname"}, picks: "Channel",
		tables: map[string]string{"Security": "SecurityEvent", "security": "SecurityEvent"}, maps: map[string]string{"": windows}},
}

const diagColumns = `TimeGenerated time
OperationName operationName
OperationVersion operationVersion
Category category
ResultType resultType
ResultSignature resultSignature
ResultDescription resultDescription
DurationMs durationMs
CorrelationId correlationId
Identity identity
Level Level|level
ResourceId resourceId
AADTenantId tenantId
TenantId =`

const signinDiag = `SourceSystem ="Azure AD"
Type ="@table"
Resource ="Microsoft.aadiam"
ResourceGroup ="Microsoft.aadiam"
ResourceProvider =
Location location
LocationDetails properties.location
IPAddress properties.ipAddress|callerIpAddress
ConditionalAccessPolicies properties.appliedConditionalAccessPolicies|properties.conditionalAccessPolicies
ResourceIdentity properties.resourceId`

const auditDiag = `SourceSystem ="Azure AD"
Type ="AuditLogs"
Category properties.category
AADOperationType properties.operationType
Resource ="Microsoft.aadiam"
ResourceGroup ="Microsoft.aadiam"`

// otherTimes are, in lower case, the columns that stand in for TimeGenerated in
// exports that lack it: of sign-ins and audit records the table has the same
// time in both.
var otherTimes = map[string][]string{
	"SigninLogs":                      {"createddatetime"},
	"AADNonInteractiveUserSignInLogs": {"createddatetime"},
	"AADServicePrincipalSignInLogs":   {"createddatetime"},
	"AADManagedIdentitySignInLogs":    {"createddatetime"},
	"AuditLogs":                       {"activitydatetime"},
}

const signinGraph = `TimeGenerated createdDateTime
CreatedDateTime createdDateTime
SourceSystem ="Azure AD"
Type ="SigninLogs"
Resource ="Microsoft.aadiam"
ResourceGroup ="Microsoft.aadiam"
ResourceProvider =
OperationName ="Sign-in activity"
OperationVersion ="1.0"
Category ="SignInLogs"
Level ="4"
DurationMs =0
TenantId =
AADTenantId homeTenantId|resourceTenantId
ResultType status.errorCode
ResultSignature ="None"
ResultDescription reason status.errorCode|status.failureReason
CorrelationId correlationId
Identity userDisplayName
Location location.countryOrRegion
LocationDetails location
IPAddress ipAddress
ConditionalAccessPolicies appliedConditionalAccessPolicies|conditionalAccessPolicies
ResourceIdentity resourceId
ResourceId =`

const auditGraph = `TimeGenerated activityDateTime
SourceSystem ="Azure AD"
Type ="AuditLogs"
OperationName activityDisplayName
AADOperationType operationType
Resource ="Microsoft.aadiam"
ResourceGroup ="Microsoft.aadiam"
TenantId =`

const cloudTrail = `TimeGenerated eventTime
Type ="AWSCloudTrail"
SourceSystem ="AWS"
TenantId =
AwsEventId eventID
EventTypeName eventType
SourceIpAddress sourceIPAddress
AwsRequestId_ requestID
AwsRequestId requestID
SharedEventId sharedEventID
APIVersion apiVersion
AWSRegion awsRegion
VpcEndpointId vpcEndpointId
Category eventCategory
UserIdentityType userIdentity.type
UserIdentityPrincipalid userIdentity.principalId
UserIdentityArn userIdentity.arn
UserIdentityAccountId userIdentity.accountId
UserIdentityUserName userIdentity.userName
UserIdentityAccessKeyId userIdentity.accessKeyId
UserIdentityInvokedBy userIdentity.invokedBy
SessionMfaAuthenticated userIdentity.sessionContext.attributes.mfaAuthenticated
SessionCreationDate userIdentity.sessionContext.attributes.creationDate
SessionIssuerType userIdentity.sessionContext.sessionIssuer.type
SessionIssuerPrincipalId userIdentity.sessionContext.sessionIssuer.principalId
SessionIssuerArn userIdentity.sessionContext.sessionIssuer.arn
SessionIssuerAccountId userIdentity.sessionContext.sessionIssuer.accountId
SessionIssuerUserName userIdentity.sessionContext.sessionIssuer.userName`

const office = `TimeGenerated CreationTime
Type ="OfficeActivity"
OfficeId Id
SourceRecordId Id
OfficeWorkload Workload
UserId_ UserId
Client_IPAddress ClientIPAddress
OfficeObjectId ObjectId
Site_Url SiteUrl
Site_ Site
RecordType recordName RecordType
UserType userName UserType
Logon_Type logonName LogonType`

const windows = `TimeGenerated @timestamp|TimeCreated|UtcTime|EventTime
Type ="SecurityEvent"
Computer Hostname
EventSourceName SourceName|Provider
Activity firstLine Message
SubjectAccount account SubjectDomainName|SubjectUserName
TargetAccount account TargetDomainName|TargetUserName
Account actor EventID|SubjectDomainName|SubjectUserName|TargetDomainName|TargetUserName
AccountType actorType EventID|SubjectDomainName|SubjectUserName|TargetDomainName|TargetUserName
Process fileName NewProcessName
LogonTypeName logonTypeName LogonType`

// place is where a column's value stands in records.
type place struct {
	paths    [][]string
	constant string
	fixed    bool
	// join, if set, makes a string out of the texts at all paths.
	join func(vals []string) string
}

// verbatim says whether the column's text stands in records as it is.
func (p place) verbatim() bool { return !p.fixed && p.join == nil }

func (s *shape) has(table string) bool {
	for _, t := range s.tables {
		if t == table {
			return true
		}
	}
	return false
}

// layout maps the columns of one table onto the records of one file.
type layout struct {
	shape  *shape // nil for rows that already have the table's columns
	table  string
	places map[string]place
	// spelled has the keys of the file by their lower case.
	spelled map[string]string
	// filter keeps the records of this table in a file of several.
	filter string
	// bare says that records without that key are of this table too.
	bare bool
	// known has the values of the key that lead to tables of this file; named
	// says that the user named the table, so that the others do not belong.
	known map[string]bool
	named bool
}

// other says why a record whose deciding key has a value is not read at all;
// "" when it belongs to another table of the file.
func (l *layout) other(value string) string {
	what := fmt.Sprintf("%s %q", l.filter, value)
	if value == "" {
		what = "a record without " + l.filter
	}
	switch {
	case l.known[value]:
		return ""
	case l.named:
		return what + " is not of " + l.table
	case l.shape != nil && l.shape.tables[value] == "" && !strings.HasPrefix(value, "AdvancedHunting-"), l.shape == nil && !isTable(value):
		return what + " is of no table that is known"
	}
	return what + " does not occur among the first records, which tell the tables; name the file with --logs TABLE=PATH"
}

func newLayout(sh *shape, table string, spelled map[string]string) *layout {
	l := &layout{shape: sh, table: table, places: map[string]place{}, spelled: spelled}
	if sh == nil {
		if _, own := spelled[strings.ToLower(timeColumn)]; !own {
			for _, k := range append([]string{"timestamp"}, otherTimes[table]...) {
				if spelled[k] != "" {
					l.places[timeColumn] = place{paths: [][]string{{spelled[k]}}}
					break
				}
			}
		}
		return l
	}
	l.filter = sh.picks
	if sh.prefix != "" && !sh.has(table) {
		// A streamed hunting table: all columns stand in the properties.
		l.places["TimeGenerated"] = place{paths: [][]string{{"properties", "Timestamp"}, {"time"}}}
		return l
	}
	for _, name := range []string{"", table} {
		for _, line := range strings.Split(sh.maps[name], "\n") {
			col, src, ok := strings.Cut(line, " ")
			if !ok {
				continue
			}
			if c, ok := strings.CutPrefix(src, "="); ok {
				l.places[col] = place{constant: strings.Replace(c, "@table", table, 1), fixed: true}
				continue
			}
			var p place
			if name, rest, ok := strings.Cut(src, " "); ok {
				p.join, src = joins[name], rest
			}
			for _, path := range strings.Split(src, "|") {
				p.paths = append(p.paths, strings.Split(path, "."))
			}
			l.places[col] = p
		}
		if table == "" {
			break
		}
	}
	return l
}

// place finds where a column stands.
func (l *layout) place(col string) place {
	if p, ok := l.places[col]; ok {
		return p
	}
	prefix := ""
	if l.shape != nil {
		prefix = l.shape.prefix
	}
	var head []string
	if prefix != "" {
		head = []string{strings.TrimSuffix(prefix, ".")}
	}
	var p place
	seen := map[string]bool{}
	for _, k := range []string{col, l.spelled[strings.ToLower(prefix+col)], lowerFirst(col)} {
		if l.shape == nil && k != col && (k == "" || k != l.spelled[strings.ToLower(col)]) {
			continue
		}
		if k == "" || seen[k] {
			continue
		}
		seen[k] = true
		p.paths = append(p.paths, append(append([]string(nil), head...), k))
	}
	return p
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// guessType is the type of a column that no schema knows, from one value.
func guessType(raw string) types.Type {
	switch {
	case raw == "" || raw == "null":
		return types.Unknown
	case raw[0] == '"':
		return types.String
	case raw[0] == '{' || raw[0] == '[':
		return types.Dynamic
	case raw[0] == 't' || raw[0] == 'f':
		return types.Bool
	case strings.ContainsAny(raw, ".eE"):
		return types.Real
	}
	return types.Long
}
