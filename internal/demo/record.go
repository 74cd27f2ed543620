package demo

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// timeLayout has the seven digits of the log's ticks.
const timeLayout = "2006-01-02T15:04:05.0000000"

// appendRecord writes one record with its line end. All texts in it are ours
// and need no escapes. Fields that would be empty or repeat another one are
// left out: the real export has them and is twice as large.
func (t *tenant) appendRecord(b []byte, rng *rand.Rand, e *event) []byte {
	correlation, id := rng.Uint64(), rng.Uint64()
	str := func(key, value string) {
		b = append(b, `,"`...)
		b = append(b, key...)
		b = append(b, `":"`...)
		b = append(b, value...)
		b = append(b, '"')
	}
	raw := func(key, value string) {
		b = append(b, `,"`...)
		b = append(b, key...)
		b = append(b, `":`...)
		b = append(b, value...)
	}
	cid := guidOf(correlation, id)
	b = append(b, `{"time":"`...)
	b = e.at.AppendFormat(b, timeLayout)
	b = append(b, 'Z')
	b = append(b, t.head...)
	b = append(b, e.code...)
	b = append(b, '"')
	str("resultSignature", "None")
	if e.code != "0" {
		str("resultDescription", descriptions[e.code])
	}
	raw("durationMs", "0")
	str("callerIpAddress", e.net.addr)
	str("correlationId", cid)
	str("identity", e.user.name)
	raw("Level", "4")
	str("location", e.net.city.country)
	b = append(b, `,"properties":{"id":"`...)
	b = append(b, guidOf(id, correlation)...)
	b = append(b, `","createdDateTime":"`...)
	b = e.at.AppendFormat(b, timeLayout)
	b = append(b, `+00:00"`...)
	str("userDisplayName", e.user.name)
	str("userPrincipalName", e.user.upn)
	str("userId", e.user.id)
	str("appId", e.app.id)
	str("appDisplayName", e.app.name)
	str("ipAddress", e.net.addr)
	raw("status", status(e))
	str("clientAppUsed", e.clientApp())
	str("userAgent", e.device.agent)
	raw("deviceDetail", e.device.json)
	raw("location", e.net.json)
	e.access(str, raw)
	raw("isInteractive", "true")
	e.riskFields(str, raw)
	str("resourceDisplayName", e.app.resource)
	str("userType", e.userType())
	str("authenticationProtocol", orElse(e.protocol, "none"))
	raw("autonomousSystemNumber", strconv.Itoa(e.net.asn))
	str("sessionId", orElse(e.session, guidOf(id+1, correlation)))
	return append(b, "}}\n"...)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// status is the object with the code as a number.
func status(e *event) string {
	if e.code == "0" {
		if e.mfa {
			return `{"errorCode":0,"additionalDetails":"MFA completed in Azure AD"}`
		}
		return `{"errorCode":0}`
	}
	return `{"errorCode":` + e.code + `,"failureReason":"` + descriptions[e.code] + `"}`
}

func (e *event) clientApp() string {
	switch {
	case e.client != "":
		return e.client
	case e.protocol == "deviceCode" || e.app == azureCLI || e.app == graphCLI || e.device == e.user.phone:
		return "Mobile Apps and Desktop clients"
	}
	return "Browser"
}

func (e *event) userType() string {
	if e.user.role == guest {
		return "Guest"
	}
	return "Member"
}

// fields write a key and its value.
type fields func(key, value string)

// access writes conditional access and how the user authenticated.
func (e *event) access(str, raw fields) {
	policies, state := "", "notApplied"
	switch {
	case e.policy != "":
		state = "failure"
		policies = `[{"id":"b8a5f2d4-31a7-4f0e-8a6d-2f7c1e9d5a10","displayName":"` + e.policy + `","enforcedGrantControls":["Block"],"enforcedSessionControls":[],"result":"failure"}]`
	case e.mfa:
		state = "success"
		policies = `[{"id":"b8a5f2d4-31a7-4f0e-8a6d-2f7c1e9d5a11","displayName":"Second factor outside","enforcedGrantControls":["Mfa"],"enforcedSessionControls":[],"result":"success"}]`
	}
	str("conditionalAccessStatus", state)
	if policies != "" {
		raw("appliedConditionalAccessPolicies", policies)
	}
	requirement := "singleFactorAuthentication"
	if e.mfa || e.code == "500121" || interrupted[e.code] && e.code != "50140" {
		requirement = "multiFactorAuthentication"
	}
	str("authenticationRequirement", requirement)
	if e.code == "500121" {
		raw("authenticationDetails", `[{"authenticationMethod":"Mobile app notification","succeeded":false,"authenticationStepResultDetail":"MFA denied; user declined the authentication"}]`)
	}
}

// riskFields write what Identity Protection thought.
func (e *event) riskFields(str, raw fields) {
	if e.risk == "" {
		str("riskLevelDuringSignIn", "none")
		str("riskState", "none")
		return
	}
	parts := strings.SplitN(e.risk, ":", 3)
	detail := "none"
	if parts[1] == "remediated" {
		detail = "userPerformedSecuredPasswordReset"
	}
	str("riskDetail", detail)
	str("riskLevelAggregated", parts[0])
	str("riskLevelDuringSignIn", parts[0])
	str("riskState", parts[1])
	raw("riskEventTypes_v2", `["`+parts[2]+`"]`)
}
