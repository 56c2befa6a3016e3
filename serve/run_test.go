package serve

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// running starts a service on loopback and returns its addresses, and a function that
// ends it and returns what Run says.
func running(t *testing.T, change func(*Options)) (s *Server, addresses map[string]string, end func() error) {
	t.Helper()
	s = started(t, quickTree(t), func(o *Options) {
		o.Addr, o.Limits = "127.0.0.1:0", Limits{Drain: time.Millisecond, Shutdown: 5 * time.Second}
		if change != nil {
			change(o)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan map[string]string, 1), make(chan error, 1)
	go func() { done <- s.Run(ctx, func(a map[string]string) { ready <- a }) }()
	select {
	case addresses = <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	return s, addresses, func() error { cancel(); return <-done }
}

// dialled opens a connection and writes to it.
func dialled(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	io.WriteString(c, text)
	return c
}

// answered reads the status of an answer, and whether the connection was closed behind it.
func answered(t *testing.T, c net.Conn) (status int, closed bool) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(c)
	a, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, os.ErrDeadlineExceeded)
	}
	io.Copy(io.Discard, a.Body)
	_, err = in.ReadByte()
	return a.StatusCode, err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

// endless is a body of so many bytes that never holds them.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	for i := range p[:n] {
		p[i] = '['
	}
	e.left -= n
	return int(n), nil
}

// TestHostileClients sends what a service must refuse before it takes room or time.
func TestHostileClients(t *testing.T) {
	_, at, end := running(t, func(o *Options) {
		o.Limits.ReadHeader, o.Limits.Read = 300*time.Millisecond, 2*time.Second
	})
	url := "http://" + at["clients"]
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, body := range map[string]io.Reader{"declared": &endless{1 << 30}, "in chunks": io.MultiReader(&endless{1 << 30})} {
		r, err := http.NewRequest("POST", url+"/v1/predict", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if name == "declared" {
			r.ContentLength = 1 << 30
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil { // the service hung up while the body was still coming, which is an answer too
			continue
		}
		if a.StatusCode != 413 {
			t.Errorf("a gigabyte, %s: status %d", name, a.StatusCode)
		}
		a.Body.Close()
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.TotalAlloc) - int64(before.TotalAlloc); grown > 200<<20 {
		t.Errorf("a gigabyte made the service allocate %d MiB", grown>>20)
	}
	flood := "GET /livez HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X-Flood: "+strings.Repeat("y", 1000)+"\r\n", 64) + "\r\n"
	if status, _ := answered(t, dialled(t, at["clients"], flood)); status != 431 {
		t.Errorf("a flood of headers: status %d", status)
	}
	began := time.Now()
	if status, closed := answered(t, dialled(t, at["clients"], "GET /livez HTTP/1.1\r\nHost:")); status != 0 && status != 408 || !closed {
		t.Errorf("a header that does not end: status %d, closed %v", status, closed)
	}
	status, _ := answered(t, dialled(t, at["clients"], "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"))
	if status != 408 {
		t.Errorf("a body that does not end: status %d", status)
	}
	status, _ = answered(t, dialled(t, at["clients"], "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n{"))
	if status != 408 {
		t.Errorf("a stream that does not go on: status %d", status)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("slow clients kept the service for %v", took)
	}
	for _, line := range []string{"GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"} {
		if status, _ := answered(t, dialled(t, at["clients"], line)); status < 400 {
			t.Errorf("%q: status %d", line, status)
		}
	}
	rows := "[" + strings.Repeat("{},", 999999) + "{}]"
	a, err := http.Post(url+"/v1/predict", "application/json", strings.NewReader(rows))
	if err != nil || a.StatusCode != 413 {
		t.Errorf("a million rows: %v, %v", a, err)
	}
	a, err = http.Post(url+"/v1/predict", "application/json", strings.NewReader(record(t)))
	if err != nil || a.StatusCode != 200 {
		t.Errorf("afterwards: %v, %v", a, err)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// TestStreamAnswersWhileItIsRead sends a line at a time and waits for its answer.
func TestStreamAnswersWhileItIsRead(t *testing.T) {
	_, at, end := running(t, nil)
	body, send := io.Pipe()
	r, err := http.NewRequest("POST", "http://"+at["clients"]+"/v1/predict", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	go io.WriteString(send, record(t)+"\n")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	lines := bufio.NewReader(a.Body)
	for i, c := range []struct{ send, want string }{{"", `{"row":0,"score":`}, {"\n\nnothing\n", `{"row":1,"error":`}, {record(t) + "\n", `{"row":2,"score":`}, {strings.Repeat("x", 100<<10) + "\n", `{"row":3,"error":`}, {`{"src_bytes":1}` + "\n", `{"row":4,"error":"the record was rejected","errors":[{"row":4,"pointer":"/4/`}} {
		go io.WriteString(send, c.send)
		line, err := lines.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, c.want) {
			t.Fatalf("line %d: %v, %s, want %s", i, err, line, c.want)
		}
	}
	send.Close()
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("%v, %s", err, rest)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// TestStreamIsBounded sends a stream far larger than any limit of a body.
func TestStreamIsBounded(t *testing.T) {
	_, at, end := running(t, func(o *Options) { o.Limits.Body = 1 << 16 })
	line := record(t) + "\n"
	const lines = 20000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	a, err := http.Post("http://"+at["clients"]+"/v1/predict", "application/x-ndjson", io.LimitReader(&repeated{text: line}, int64(lines*len(line))))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for in := bufio.NewScanner(a.Body); in.Scan(); n++ {
		if !bytes.HasPrefix(in.Bytes(), []byte(fmt.Sprintf(`{"row":%d,"score":`, n))) {
			t.Fatalf("line %d: %s", n, in.Bytes())
		}
	}
	if n != lines {
		t.Errorf("%d lines of %d", n, lines)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap has grown by %d MiB", grown>>20)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// repeated is a text over and over.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

// TestShutdownFinishesWhatHasBegun ends the service while a stream is open.
func TestShutdownFinishesWhatHasBegun(t *testing.T) {
	s, at, end := running(t, func(o *Options) { o.Limits.Drain = 200 * time.Millisecond })
	body, send := io.Pipe()
	r, err := http.NewRequest("POST", "http://"+at["clients"]+"/v1/predict", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	go io.WriteString(send, record(t)+"\n")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(a.Body)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	for !s.draining.Load() {
		time.Sleep(time.Millisecond)
	}
	if a := request(t, s, "GET", "/readyz", "", ""); a.status != 503 {
		t.Errorf("ready while it ends: %s", a.body)
	}
	if a, err := http.Post("http://"+at["clients"]+"/v1/predict", "application/json", strings.NewReader(record(t))); err != nil || a.StatusCode != 200 {
		t.Errorf("a request before listening ended: %v, %v", a, err)
	}
	time.Sleep(300 * time.Millisecond)
	go func() {
		io.WriteString(send, record(t)+"\n")
		send.Close()
	}()
	if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, `{"row":1,"score"`) {
		t.Errorf("%v: %s", err, line)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := net.DialTimeout("tcp", at["clients"], time.Second); err == nil {
		t.Error("it listens after its end")
	}
}

// TestWatchLoadsAChangedFile replaces the model's file and waits.
func TestWatchLoadsAChangedFile(t *testing.T) {
	s, _, end := running(t, func(o *Options) { o.Watch = 5 * time.Millisecond })
	first := versionOf(t, s)
	replace(t, s.o.Models[0].Path, otherTree(t))
	for wait := time.Now().Add(10 * time.Second); versionOf(t, s) == first; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(wait) {
			t.Fatal("the changed file is not loaded")
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// certified writes a certificate for 127.0.0.1, signed by itself or by an authority, and
// its key.
func certified(t *testing.T, dir, name string, serial int64, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: parent == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, filepath.Join(dir, name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	replace(t, filepath.Join(dir, name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	return c, key
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	ca, caKey := certified(t, dir, "ca", 1, nil, nil)
	certified(t, dir, "server", 2, ca, caKey)
	certified(t, dir, "client", 3, ca, caKey)
	in := func(name string) string { return filepath.Join(dir, name) }
	_, at, end := running(t, func(o *Options) {
		o.Watch, o.TLS = 5*time.Millisecond, TLS{Cert: in("server.pem"), Key: in("server.key"), ClientCA: in("ca.pem")}
	})
	pool := x509.NewCertPool()
	text, err := os.ReadFile(in("ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool.AppendCertsFromPEM(text)
	pair, err := tls.LoadX509KeyPair(in("client.pem"), in("client.key"))
	if err != nil {
		t.Fatal(err)
	}
	try := func(config *tls.Config) (serial int64, err error) {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
		a, err := client.Get("https://" + at["clients"] + "/livez")
		if err != nil {
			return 0, err
		}
		defer a.Body.Close()
		return a.TLS.PeerCertificates[0].SerialNumber.Int64(), nil
	}
	if serial, err := try(&tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}}); err != nil || serial != 2 {
		t.Errorf("with a certificate: %v", err)
	}
	if _, err := try(&tls.Config{RootCAs: pool}); err == nil {
		t.Error("a client without a certificate is let in")
	}
	if _, err := try(&tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}, MaxVersion: tls.VersionTLS12}); err == nil {
		t.Error("TLS 1.2 is let in")
	}
	time.Sleep(20 * time.Millisecond)
	certified(t, dir, "server", 7, ca, caKey)
	for wait := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if serial, err := try(&tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}}); err == nil && serial == 7 {
			break
		} else if time.Now().After(wait) {
			t.Fatalf("the new certificate is not used: %d, %v", serial, err)
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

func TestListeners(t *testing.T) {
	_, at, end := running(t, func(o *Options) { o.Admin, o.Profile = "127.0.0.1:0", "127.0.0.1:0" })
	for url, want := range map[string]int{at["clients"] + "/livez": 200, at["admin"] + "/readyz": 200, at["admin"] + "/metrics": 200, at["admin"] + "/-/models": 200,
		at["pprof"] + "/debug/pprof/cmdline": 200, at["clients"] + "/debug/pprof/": 404, at["clients"] + "/-/models": 404, at["admin"] + "/v1/predict": 404} {
		a, err := http.Get("http://" + url)
		if err != nil || a.StatusCode != want {
			t.Errorf("%s: %v, %v, want %d", url, a, err, want)
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s := started(t, quickTree(t), func(o *Options) { o.Addr = taken.Addr().String() })
	if err := s.Run(context.Background(), nil); err == nil || !strings.Contains(err.Error(), "cannot listen") {
		t.Errorf("on a taken address: %v", err)
	}
}
