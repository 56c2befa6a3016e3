package serve

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
)

// TLS is how connections are encrypted. Without Cert they are not.
type TLS struct {
	Cert, Key string // PEM files, read again when they change
	ClientCA  string // PEM file: clients need a certificate that one of these has signed
	Old       bool   // TLS 1.2 is allowed too
}

func (t *TLS) check() error {
	switch {
	case (t.Cert == "") != (t.Key == ""):
		return errors.New("--tls-cert and --tls-key belong together")
	case t.Cert == "" && (t.ClientCA != "" || t.Old):
		return errors.New("--tls-client-ca and --tls-1.2 say more about TLS; give --tls-cert and --tls-key too")
	}
	return nil
}

// A certificate is read from files that may be replaced while it is in use.
type certificate struct {
	files   TLS
	current atomic.Pointer[tls.Certificate]
	seen    atomic.Pointer[[2]fileState]
}

// open returns the configuration of a listener, nil without TLS.
func (t TLS) open() (*tls.Config, *certificate, error) {
	if t.Cert == "" {
		return nil, nil, nil
	}
	c := &certificate{files: t}
	if _, err := c.refresh(); err != nil {
		return nil, nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil }}
	if t.Old {
		config.MinVersion = tls.VersionTLS12
	}
	if t.ClientCA != "" {
		text, err := os.ReadFile(t.ClientCA)
		if err != nil {
			return nil, nil, fmt.Errorf("the authority of clients cannot be read: %w", cause(err))
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(text) {
			return nil, nil, errors.New("the file of --tls-client-ca holds no certificate in PEM")
		}
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, c, nil
}

// refresh reads the certificate again if its files have changed. The old one stays where
// the new one cannot be read.
func (c *certificate) refresh() (changed bool, err error) {
	var state [2]fileState
	for i, path := range []string{c.files.Cert, c.files.Key} {
		info, err := os.Stat(path)
		if err != nil {
			return false, fmt.Errorf("the certificate cannot be read: %w", cause(err))
		}
		state[i] = fileState{info.Size(), info.ModTime()}
	}
	if old := c.seen.Load(); old != nil && *old == state {
		return false, nil
	}
	pair, err := tls.LoadX509KeyPair(c.files.Cert, c.files.Key)
	if err != nil {
		return false, fmt.Errorf("the certificate cannot be read: %w", cause(err))
	}
	c.current.Store(&pair)
	c.seen.Store(&state)
	return true, nil
}
