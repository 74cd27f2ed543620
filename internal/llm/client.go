package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Kind is the API that a server speaks.
type Kind string

// The kinds.
const (
	OpenAI    Kind = "openai"    // and the many servers that are compatible, local ones too
	Anthropic Kind = "anthropic" // the Messages API
)

// Config says which model to ask, and how much.
type Config struct {
	URL   string // of the API, e.g. http://127.0.0.1:11434/v1
	Model string
	Kind  Kind // "" means OpenAI
	Key   string
	// Timeout bounds one request; 0 means two minutes, for slow local models.
	Timeout time.Duration
	// Requests and Tokens are the budget of the client; 0 means no bound.
	Requests, Tokens int
	// PerMinute bounds the rate of requests; 0 means no bound.
	PerMinute int
	// Sleep waits; nil means that time really passes.
	Sleep func(ctx context.Context, d time.Duration) error
}

const (
	// maxAnswer bounds a response in bytes; an answer has about 4 KB.
	maxAnswer = 1 << 20
	// maxOut bounds the tokens that the model may write.
	maxOut = 2000
	// tries is how often a request is sent when the server is busy.
	tries = 4
	// maxWait bounds what a server can make us wait for its turn.
	maxWait = time.Minute
)

// ErrBudget says that the budget is used up.
var ErrBudget = errors.New("the budget for the language model is used up")

// Client asks one model. It is for one goroutine.
type Client struct {
	cfg  Config
	url  string
	http *http.Client
	next time.Time // when the next request may be sent
	// plain says that the server refused the fields that ask for a schema.
	plain bool
	// Sent and Used are requests and tokens so far.
	Sent, Used int
}

// New checks the address.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the model's address %q is not one such as https://host/v1", c.URL)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the model's address can hold no user, query or fragment; the key comes from the environment")
	}
	if c.Key != "" && u.Scheme == "http" && !local(u.Hostname()) {
		return nil, fmt.Errorf("the key would go to %s without encryption; use https", u.Host)
	}
	if c.Model == "" {
		return nil, errors.New("no model is named")
	}
	path := "/chat/completions"
	switch c.Kind {
	case "", OpenAI:
		c.Kind = OpenAI
	case Anthropic:
		path = "/v1/messages"
		u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1")
	default:
		return nil, fmt.Errorf("there is no kind of API %q; there are openai and anthropic", c.Kind)
	}
	if !strings.HasSuffix(u.Path, path) {
		u.Path = strings.TrimRight(u.Path, "/") + path
	}
	if c.Timeout <= 0 {
		c.Timeout = 2 * time.Minute
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	return &Client{cfg: c, url: u.String(), http: &http.Client{
		Timeout: c.Timeout,
		// A redirect could carry the rule and the key to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func local(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Maker names the model beside what it wrote.
func (c *Client) Maker() string { return "language model " + c.cfg.Model }

// message is a turn of the conversation.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// ask sends a conversation and gives the text of the answer.
func (c *Client) ask(ctx context.Context, system string, turns []message) (string, error) {
	for try := 0; ; try++ {
		text, wait, err := c.once(ctx, system, turns)
		if err == nil || wait < 0 || try+1 >= tries {
			return text, err
		}
		if wait == 0 {
			wait = time.Second << try
		}
		if err := c.cfg.Sleep(ctx, min(wait, maxWait)); err != nil {
			return "", err
		}
	}
}

// once sends one request. wait is how long to wait before another try, 0 when
// the server does not say, negative when another try is of no use.
func (c *Client) once(ctx context.Context, system string, turns []message) (text string, wait time.Duration, err error) {
	body, err := json.Marshal(c.body(system, turns))
	if err != nil {
		return "", -1, err
	}
	// About four bytes make a token, in prose and in queries.
	if c.cfg.Requests > 0 && c.Sent >= c.cfg.Requests || c.cfg.Tokens > 0 && c.Used+len(body)/4+maxOut > c.cfg.Tokens {
		return "", -1, ErrBudget
	}
	if err := c.pace(ctx); err != nil {
		return "", -1, err
	}
	c.Sent++
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return "", -1, err
	}
	req.Header.Set("Content-Type", "application/json")
	c.authorize(req.Header)
	res, err := c.http.Do(req)
	if err != nil {
		c.Used += len(body) / 4
		return "", -1, fmt.Errorf("ask the model: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		c.Used += len(body) / 4
		return "", -1, fmt.Errorf("read the model's answer: %w", err)
	}
	if len(raw) > maxAnswer {
		c.Used += (len(body) + len(raw)) / 4
		return "", -1, fmt.Errorf("the model's answer is longer than %d bytes", maxAnswer)
	}
	if res.StatusCode != http.StatusOK {
		return c.refused(res, raw)
	}
	text, used, err := read(c.cfg.Kind, raw)
	if used <= 0 {
		used = (len(body) + len(raw)) / 4
	}
	c.Used += used
	return text, -1, err
}

// refused is what to make of an answer that is none.
func (c *Client) refused(res *http.Response, raw []byte) (string, time.Duration, error) {
	err := fmt.Errorf("the model's server answers %s: %s", res.Status, c.excerpt(raw))
	switch {
	case res.StatusCode == http.StatusBadRequest && c.cfg.Kind == OpenAI && !c.plain:
		c.plain = true // an older or smaller server: ask without what it may not know
		return "", time.Nanosecond, err
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return "", retryAfter(res.Header.Get("Retry-After")), err
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return "", -1, fmt.Errorf("the model's server answers %s; redirects are not followed", res.Status)
	}
	return "", -1, err
}

func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n > 0 && n < 1<<20 {
		return time.Duration(n) * time.Second
	}
	return 0
}

// excerpt is the beginning of a server's words, on one line and without the key.
func (c *Client) excerpt(raw []byte) string {
	s := strings.ToValidUTF8(string(raw), "")
	if c.cfg.Key != "" {
		s = strings.ReplaceAll(s, c.cfg.Key, "[key]")
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	return strings.ToValidUTF8(s[:min(len(s), 200)], "")
}

// pace waits until the next request may be sent.
func (c *Client) pace(ctx context.Context) error {
	if c.cfg.PerMinute <= 0 {
		return ctx.Err()
	}
	now := time.Now()
	if wait := c.next.Sub(now); wait > 0 {
		if err := c.cfg.Sleep(ctx, wait); err != nil {
			return err
		}
		now = now.Add(wait)
	}
	c.next = now.Add(time.Minute / time.Duration(c.cfg.PerMinute))
	return nil
}

func (c *Client) authorize(h http.Header) {
	switch {
	case c.cfg.Kind == Anthropic:
		h.Set("Anthropic-Version", "2023-06-01")
		if c.cfg.Key != "" {
			h.Set("X-Api-Key", c.cfg.Key)
		}
	case c.cfg.Key != "":
		h.Set("Authorization", "Bearer "+c.cfg.Key)
	}
}

// body is the request as the API takes it. No tools are offered.
func (c *Client) body(system string, turns []message) map[string]any {
	if c.cfg.Kind == Anthropic {
		return map[string]any{"model": c.cfg.Model, "max_tokens": maxOut, "system": system, "messages": turns}
	}
	out := map[string]any{"model": c.cfg.Model, "messages": append([]message{{"system", system}}, turns...)}
	if !c.plain {
		out["temperature"], out["max_tokens"] = 0, maxOut
		out["response_format"] = map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": "enrichment", "strict": true, "schema": answerSchema}}
	}
	return out
}

// read takes the text and the tokens used from a response.
func read(k Kind, raw []byte) (text string, used int, err error) {
	if k == Anthropic {
		var a struct {
			Content []struct{ Type, Text string }
			Usage   struct {
				In  int `json:"input_tokens"`
				Out int `json:"output_tokens"`
			}
		}
		if err := json.Unmarshal(raw, &a); err != nil {
			return "", 0, fmt.Errorf("the model's server sent no JSON: %w", err)
		}
		for _, c := range a.Content {
			if c.Type == "text" {
				text += c.Text
			}
		}
		used = a.Usage.In + a.Usage.Out
	} else {
		var a struct {
			Choices []struct{ Message struct{ Content string } }
			Usage   struct {
				Total int `json:"total_tokens"`
			}
		}
		if err := json.Unmarshal(raw, &a); err != nil {
			return "", 0, fmt.Errorf("the model's server sent no JSON: %w", err)
		}
		if len(a.Choices) > 0 {
			text = a.Choices[0].Message.Content
		}
		used = a.Usage.Total
	}
	if strings.TrimSpace(text) == "" {
		return "", used, errors.New("the model said nothing")
	}
	return text, used, nil
}
