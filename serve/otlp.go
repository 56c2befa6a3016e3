package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// An otlp sends spans to a collector in the JSON encoding of OTLP 1.x over HTTP. The
// exporter of the OpenTelemetry project would bring gRPC and its modules along for the
// same few fields.
type otlp struct {
	url    string
	client http.Client
}

// Of OTLP's messages, what is needed for spans of requests. Numbers of 64 bits are text.
type (
	otlpBatch struct {
		ResourceSpans []otlpResource `json:"resourceSpans"`
	}
	otlpResource struct {
		Resource   otlpAttributes `json:"resource"`
		ScopeSpans []otlpScope    `json:"scopeSpans"`
	}
	otlpScope struct {
		Scope struct {
			Name string `json:"name"`
		} `json:"scope"`
		Spans []otlpSpan `json:"spans"`
	}
	otlpAttributes struct {
		Attributes []otlpAttribute `json:"attributes"`
	}
	otlpAttribute struct {
		Key   string         `json:"key"`
		Value map[string]any `json:"value"`
	}
	otlpSpan struct {
		TraceID string `json:"traceId"`
		SpanID  string `json:"spanId"`
		Parent  string `json:"parentSpanId,omitempty"`
		Name    string `json:"name"`
		Kind    int    `json:"kind"`
		Start   string `json:"startTimeUnixNano"`
		End     string `json:"endTimeUnixNano"`
		otlpAttributes
		Status struct {
			Code    int    `json:"code,omitempty"`
			Message string `json:"message,omitempty"`
		} `json:"status"`
	}
)

// ExportSpans implements sdk.SpanExporter.
func (o *otlp) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	text, err := encodeSpans(spans)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := o.client.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the collector of traces answers %s", answer.Status)
	}
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (o *otlp) Shutdown(context.Context) error {
	o.client.CloseIdleConnections()
	return nil
}

// encodeSpans writes spans of one process and one scope.
func encodeSpans(spans []sdk.ReadOnlySpan) ([]byte, error) {
	if len(spans) == 0 {
		return []byte(`{"resourceSpans":[]}`), nil
	}
	scope := otlpScope{}
	scope.Scope.Name = spans[0].InstrumentationScope().Name
	for _, s := range spans {
		one := otlpSpan{TraceID: s.SpanContext().TraceID().String(), SpanID: s.SpanContext().SpanID().String(), Name: s.Name(), Kind: int(s.SpanKind()),
			Start: nanoseconds(s.StartTime()), End: nanoseconds(s.EndTime()), otlpAttributes: encodeAttributes(s.Attributes())}
		if s.Parent().SpanID().IsValid() {
			one.Parent = s.Parent().SpanID().String()
		}
		// The codes of the protocol are 0 unset, 1 ok, 2 error; those of the library 1 error, 2 ok.
		if code := int(s.Status().Code); code != 0 {
			one.Status.Code, one.Status.Message = 3-code, s.Status().Description
		}
		scope.Spans = append(scope.Spans, one)
	}
	return json.Marshal(otlpBatch{[]otlpResource{{encodeAttributes(spans[0].Resource().Attributes()), []otlpScope{scope}}}})
}

func nanoseconds(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func encodeAttributes(list []attribute.KeyValue) otlpAttributes {
	out := otlpAttributes{Attributes: []otlpAttribute{}}
	for _, a := range list {
		value := map[string]any{"stringValue": a.Value.AsString()}
		if a.Value.Type() == attribute.INT64 {
			value = map[string]any{"intValue": strconv.FormatInt(a.Value.AsInt64(), 10)}
		}
		out.Attributes = append(out.Attributes, otlpAttribute{string(a.Key), value})
	}
	return out
}
