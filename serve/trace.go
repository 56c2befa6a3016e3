package serve

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// A tracer sends a span a request to an OpenTelemetry collector. A nil one does nothing.
type tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	incoming propagation.TraceContext
}

// newTracer returns a tracer for a collector that takes OTLP over HTTP. Spans of callers
// go on; others are begun for every request.
func newTracer(endpoint, version string, log *slog.Logger) *tracer {
	exporter := &otlp{url: strings.TrimSuffix(endpoint, "/") + "/v1/traces", client: http.Client{Timeout: 10 * time.Second}}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces were not sent", "error", err.Error()) }))
	about := resource.NewSchemaless(attribute.String("service.name", "netanom"), attribute.String("service.version", version))
	t := &tracer{provider: sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))}
	t.tracer = t.provider.Tracer("github.com/netanom/netanom/serve")
	return t
}

// close sends what is left, until ctx is done.
func (t *tracer) close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// A span is the part of a trace that is one request. A nil one does nothing.
type span struct{ span trace.Span }

// begin begins the span of a call.
func (c *call) begin() {
	t := c.s.tracer
	if t == nil {
		return
	}
	ctx := t.incoming.Extract(c.r.Context(), propagation.HeaderCarrier(c.r.Header))
	_, s := t.tracer.Start(ctx, c.r.Method+" "+c.route, trace.WithSpanKind(trace.SpanKindServer))
	c.span = &span{s}
}

// end ends the span: no value of a field is in it.
func (s *span) end(c *call, problem string) {
	if s == nil {
		return
	}
	s.span.SetAttributes(attribute.String("http.request.method", c.r.Method), attribute.String("http.route", c.route), attribute.Int("http.response.status_code", c.status),
		attribute.Int("netanom.rows", c.rows), attribute.String("netanom.model", c.model), attribute.String("netanom.request", c.id))
	if problem != "" {
		s.span.SetAttributes(attribute.String("error.type", problem))
	}
	if c.status >= 500 {
		s.span.SetStatus(codes.Error, problem)
	}
	s.span.End()
}

// trace is the id of the trace.
func (s *span) trace() string { return s.span.SpanContext().TraceID().String() }
