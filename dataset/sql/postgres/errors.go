package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// A failure is a sentence for the user, and what it was made of.
type failure struct {
	text  string
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

// An ownError is one of our caller's, which goes back as it came.
type ownError struct{ error }

// explain makes a sentence of an error: what could not be done, why, and what to do. ctx
// is that of the work, and took how long it went on.
func (s *server) explain(ctx context.Context, doing string, err error, took time.Duration) error {
	if err == nil {
		return nil
	}
	var own ownError
	if errors.As(err, &own) {
		return own.error
	}
	var told *failure
	if errors.As(err, &told) {
		return told
	}
	text := fmt.Sprintf("cannot %s %s: %s", doing, s.where, s.reason(ctx, err, took))
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return &failure{text, err}
}

// reason tells the ends of the work by us from those by the server.
func (s *server) reason(ctx context.Context, err error, took time.Duration) string {
	cause := context.Cause(ctx)
	var refused *pgconn.PgError
	switch {
	case cause == errStall:
		return fmt.Sprintf("the server has given no sign of life for %s; see whether it is up and can be reached", s.stall)
	case cause == errClosed || errors.Is(err, errClosed):
		return errClosed.Error()
	case cause != nil:
		return cause.Error()
	case errors.As(err, &refused):
		return s.refusal(refused, took)
	}
	return s.trouble(err)
}

// trouble is what came between us and the server.
func (s *server) trouble(err error) string {
	var unknown *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf("there is no host %s, or its address cannot be found; look for a slip in the name", s.config.Host)
	case errors.As(err, &certificate):
		return fmt.Sprintf("the server's certificate does not do: %v; name the authority that has issued it", certificate.Err)
	case strings.Contains(err.Error(), "refused TLS"):
		return "the server does not encrypt its connections; have that set up there, or ask for a connection without encryption"
	case errors.As(err, new(*pgproto3.ExceededMaxBodyLenErr)):
		return "what answers there does not speak as PostgreSQL does; look at the port"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nobody listens there; see whether the server is up, and whether the port is right"
	case errors.Is(err, pgconn.ErrConnClosed):
		return "the connection was lost before, and with it the state of the database that was read; begin again"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was lost; see whether the server is up and is PostgreSQL, and begin again"
	}
	return last(err).Error()
}

// last returns the error at the end of a chain; what wraps it names our settings.
func last(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// refusal is what the server says, for those codes of its that have a remedy with it.
// Its own words may be in any language.
func (s *server) refusal(e *pgconn.PgError, took time.Duration) string {
	switch e.Code {
	case "57014":
		return s.ended(took)
	case "42703":
		if strings.Contains(e.Message, "ctid") {
			return "rows cannot be sampled, because it is a view, which has none of its own; name the table behind it, or a materialised view of it"
		}
	}
	remedy, known := remedies[e.Code]
	if !known && len(e.Code) == 5 {
		remedy, known = remedies[e.Code[:2]]
	}
	if !known {
		return fmt.Sprintf("%s (SQLSTATE %s)", e.Message, e.Code)
	}
	return fmt.Sprintf("%s (%s)", strings.ReplaceAll(remedy, "USER", fmt.Sprintf("%q", s.config.User)), e.Message)
}

// ended says why the server has ended a query.
func (s *server) ended(took time.Duration) string {
	if limit := s.access.Limit; limit > 0 && took >= limit {
		return fmt.Sprintf("it took longer than %s, which is the limit; allow more time, or ask for less", limit)
	}
	return "the server has ended the query, because of its own limit (statement_timeout) or because somebody wished so; allow more time there, or ask for less"
}

// remedies are what to do, by SQLSTATE or by its class, the first two characters.
var remedies = map[string]string{
	"28P01": "the password of the user USER is wrong or missing; put the right one into NETANOM_PASSWORD or into a file that --password-file names",
	"28":    "the server does not let the user USER in from here; ask for an entry in its pg_hba.conf, or for an encrypted connection if it wants one",
	"3D000": "there is no such database; look for a slip in the address",
	"3F000": "there is no such schema; look for a slip in the address",
	"42P01": "there is no such table; it may have been renamed or removed, so look for a slip in the address and begin again",
	"42703": "the table has changed its columns; begin again",
	"42501": "the user USER may not do that; ask for the right, such as GRANT SELECT ON the table (and USAGE ON its schema)",
	"22003": "a number is too large or too small to be computed with; leave such rows out with a condition",
	"25006": "the connection may only read",
	"40001": "others have changed what it needs, or the server is a standby that had to go on; try again",
	"40P01": "it and another session have waited for each other; try again",
	"55P03": "another session has held a lock on the table for too long; try again when it has ended",
	"53100": "the server's disk is full; make room there, or ask for less",
	"53200": "the server has not enough memory; ask for less, or allow a query less memory",
	"53300": "the server has too many connections; try again later, or have max_connections raised",
	"53":    "the server has not enough of something; try again later",
	"08":    "the connection was lost; see whether the server is up, and begin again",
	"57P01": "the server was stopped, or an administrator has ended the connection; begin again when it is up",
	"57P02": "the server has crashed; begin again when it is up",
	"57P03": "the server is starting or stopping; try again in a moment",
	"58":    "the server has trouble with its files; its log says more",
	"XX001": "the server finds its data damaged; its log says more",
}
