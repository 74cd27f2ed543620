package fn

import (
	"strings"
	"sync"

	"github.com/ua-parser/uap-go/uaparser"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// userAgents knows the patterns of the ua-parser project, which Kusto uses
// too. Compiling the more than a thousand of them takes a while, so it waits
// for the first user agent.
var userAgents = sync.OnceValues(func() (*uaparser.Parser, error) { return uaparser.New() })

// maxUserAgent bounds the text that is looked at: each pattern goes over it.
const maxUserAgent = 4096

func texted(keys []string, vals ...string) dynamic.Value {
	out := make([]dynamic.Value, len(vals))
	for i, v := range vals {
		out[i] = dynamic.FromString(v)
	}
	return dynamic.FromBag(keys, out)
}

var (
	browserKeys = []string{"Family", "MajorVersion", "MinorVersion", "Patch"}
	systemKeys  = []string{"Family", "MajorVersion", "MinorVersion", "Patch", "PatchMinor"}
	deviceKeys  = []string{"Family", "Brand", "Model"}
)

// agentParts are what may be looked for, in the order of the result.
var agentParts = []struct {
	word, key string
	read      func(p *uaparser.Parser, s string) dynamic.Value
}{
	{"browser", "Browser", func(p *uaparser.Parser, s string) dynamic.Value {
		b := p.ParseUserAgent(s)
		return texted(browserKeys, b.Family, b.Major, b.Minor, b.Patch)
	}},
	{"os", "OperatingSystem", func(p *uaparser.Parser, s string) dynamic.Value {
		o := p.ParseOs(s)
		return texted(systemKeys, o.Family, o.Major, o.Minor, o.Patch, o.PatchMinor)
	}},
	{"device", "Device", func(p *uaparser.Parser, s string) dynamic.Value {
		d := p.ParseDevice(s)
		return texted(deviceKeys, d.Family, d.Brand, d.Model)
	}},
}

var _ = scalar(Scalar{
	Name: "parse_user_agent", Summary: "Reads browser, operating system and device from a user agent.", Nulls: Handles, Type: isDynamic,
	Status: Partial, Reason: "the patterns are those of the ua-parser project, whose edition can differ from Kusto's",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		p, err := userAgents()
		if err != nil {
			return nil, Errorf("read the patterns of user agents: %w", err)
		}
		s, out := texts(args[0]), make([]dynamic.Value, c.N)
		for i := range out {
			wanted := map[string]bool{"browser": true, "os": true, "device": true}
			if len(args) > 1 {
				if wanted, err = agentWords(stringsOf(args[1:], i)); err != nil {
					return nil, err
				}
			}
			out[i] = readAgent(p, s.at(i), wanted)
		}
		return vector.Of(types.Dynamic, out, nil), nil
	},
})

func agentWords(list []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, w := range list {
		switch w = strings.ToLower(w); w {
		case "browser", "os", "device":
			out[w] = true
		default:
			return nil, Errorf("parse_user_agent() looks for browser, os or device, not for %q", w)
		}
	}
	return out, nil
}

func readAgent(p *uaparser.Parser, s string, wanted map[string]bool) dynamic.Value {
	if s == "" {
		return dynamic.NullValue
	}
	s = s[:min(len(s), maxUserAgent)]
	var keys []string
	var vals []dynamic.Value
	for _, part := range agentParts {
		if wanted[part.word] {
			keys, vals = append(keys, part.key), append(vals, part.read(p, s))
		}
	}
	return dynamic.FromBag(keys, vals)
}
