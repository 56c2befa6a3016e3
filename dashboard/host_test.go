package dashboard

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hosted serves a page for the time of a test and returns its address.
func hosted(t *testing.T, page string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	address, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- Host(ctx, []byte(page), "127.0.0.1:0", func(url string) { address <- url }) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the end: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("it does not end")
		}
	})
	select {
	case url := <-address:
		return url
	case err := <-done:
		t.Fatal(err)
	}
	return ""
}

// answer asks for a page under the name of a host.
func answer(t *testing.T, method, url, host string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a, string(text)
}

func TestHostAnswersThisMachine(t *testing.T) {
	url := hosted(t, "<p>page")
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("the page is at %s", url)
	}
	for _, c := range []struct {
		method, path, host string
		status             int
	}{
		{"GET", "", "", 200}, {"HEAD", "", "", 200}, {"GET", "", "localhost:80", 200}, {"GET", "", "localhost", 200}, {"GET", "", "127.0.0.2", 200}, {"GET", "", "[::1]:9", 200},
		{"GET", "", "evil.example", 421}, {"GET", "", "evil.example:80", 421}, {"GET", "", "127.0.0.1.evil.example", 421}, {"GET", "", "localhost.evil.example", 421}, {"GET", "", "192.0.2.1", 421}, {"GET", "", "0.0.0.0", 421},
		{"POST", "", "", 405}, {"PUT", "", "", 405}, {"DELETE", "", "", 405}, {"OPTIONS", "", "", 405}, {"POST", "", "evil.example", 421},
		{"GET", "etc/passwd", "", 404}, {"GET", "index.html", "", 404},
	} {
		a, text := answer(t, c.method, url+c.path, c.host)
		if a.StatusCode != c.status {
			t.Errorf("%s /%s of %q: %d, want %d", c.method, c.path, c.host, a.StatusCode, c.status)
		}
		if (text == "<p>page") != (c.status == 200 && c.method == "GET") {
			t.Errorf("%s /%s of %q: %q", c.method, c.path, c.host, text)
		}
	}
	a, _ := answer(t, "GET", url, "")
	for name, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin"} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestHostIsLoopbackAlone(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		err := Host(context.Background(), nil, addr, func(string) { t.Errorf("%s is served", addr) })
		if err == nil || !strings.Contains(err.Error(), "loopback") {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if err := Host(context.Background(), nil, "nonsense", func(string) {}); err == nil {
		t.Error("nonsense is an address")
	}
}
