package serve

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/netanom/netanom/model"
)

// documented returns a validator of the service's own document, which is held to the
// schema of OpenAPI 3.1.
func documented(t *testing.T, s *Server) (validator.Validator, map[string]any) {
	t.Helper()
	text := request(t, s, "GET", "/openapi.json", "", "").body
	doc, err := libopenapi.NewDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, problems := v.ValidateDocument(); !ok {
		for _, p := range problems {
			t.Errorf("%s: %s %v", p.Message, p.Reason, p.SchemaValidationErrors)
		}
	}
	var raw map[string]any
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		t.Fatal(err)
	}
	return v, raw
}

// TestOpenAPI holds the document to the schema of OpenAPI 3.1, sends each of its examples
// where it says, and holds request and answer to the document.
func TestOpenAPI(t *testing.T) {
	s := started(t, trained(t, "gbt", `{"trees":10}`, model.Category), func(o *Options) {
		o.Feedback = filepath.Join(t.TempDir(), "labels.jsonl")
		o.Policy = []string{"level=reject", "range=reject", "extra=reject"}
	})
	v, doc := documented(t, s)
	sent := 0
	for path, item := range doc["paths"].(map[string]any) {
		real := strings.ReplaceAll(path, "{model}", "detector")
		for method, op := range item.(map[string]any) {
			bodies := []string{""}
			if body, ok := op.(map[string]any)["requestBody"].(map[string]any); ok {
				bodies = nil
				for _, e := range body["content"].(map[string]any)["application/json"].(map[string]any)["examples"].(map[string]any) {
					bodies = append(bodies, encoded(t, e.(map[string]any)["value"]))
				}
			}
			for _, body := range bodies {
				held(t, s, v, strings.ToUpper(method), real, body, http.StatusOK)
				sent++
			}
		}
	}
	if sent < 20 {
		t.Errorf("only %d examples", sent)
	}
	for _, body := range []string{"{}", "[{}]", `[{"flag":"NEW"}]`} {
		held(t, s, v, "POST", "/v1/predict", body, http.StatusUnprocessableEntity)
	}
	held(t, s, v, "POST", "/v1/predict", "[", http.StatusBadRequest)
	for _, pattern := range s.listed {
		if _, ok := doc["paths"].(map[string]any)[pattern]; !ok && !slices.Contains(undocumented, pattern) {
			t.Errorf("%s is not in the document", pattern)
		}
	}
}

// undocumented are routes that are a second name or a page.
var undocumented = []string{"/predict", "/{$}", "/assets/{name}", "/v1/models/{model}/versions/{version}/predict", "/v1/models/{model}/versions/{version}",
	"/v2/models/{model}/versions/{version}/infer", "/v2/models/{model}/versions/{version}", "/v2/models/{model}/versions/{version}/ready"}

// held sends a request and holds it, if it is to succeed, and its answer to the document.
func held(t *testing.T, s *Server, v validator.Validator, method, path, body string, status int) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if status == http.StatusOK {
		if ok, problems := v.ValidateHttpRequest(r); !ok {
			t.Errorf("%s %s: %s %s %v", method, path, problems[0].Message, problems[0].Reason, problems[0].SchemaValidationErrors)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != status {
		t.Errorf("%s %s: status %d, want %d: %s", method, path, w.Code, status, w.Body)
		return
	}
	if ok, problems := v.ValidateHttpResponse(r, w.Result()); !ok {
		t.Errorf("the answer of %s %s: %s %s %v", method, path, problems[0].Message, problems[0].Reason, problems[0].SchemaValidationErrors)
	}
}

// TestInferenceProtocol holds answers to what version 2 of the Open Inference Protocol
// demands of each object: its members, which must be there, and their types.
func TestInferenceProtocol(t *testing.T) {
	s := started(t, trained(t, "gbt", `{"trees":10}`, model.Category), nil)
	example := s.shelf.find("", "").inferExample(s.shelf.find("", "").example())
	example["id"], example["outputs"] = "mine", []any{object{"name": "label"}, object{"name": "score"}}
	example["parameters"] = object{"threshold": 0.25, "binary_data_output": false}
	for path, form := range map[string]string{
		"/v2":                         "server",
		"/v2/health/live":             "live",
		"/v2/health/ready":            "ready",
		"/v2/models/detector":         "model",
		"/v2/models/detector/ready":   "modelReady",
		"/v2/models/detector/infer":   "infer",
		"/v2/models/none/infer":       "error",
		"/v2/models/none":             "error",
		"/v2/models/detector/infer?x": "error",
	} {
		method, body := "GET", ""
		if strings.Contains(path, "infer") {
			method, body = "POST", encoded(t, example)
		}
		a := request(t, s, method, path, "application/json", body)
		var v map[string]any
		if err := json.Unmarshal([]byte(a.body), &v); err != nil {
			t.Fatal(err)
		}
		if (a.status >= 400) != (form == "error") {
			t.Errorf("%s: status %d: %s", path, a.status, a.body)
		}
		for name, kind := range protocol[form] {
			if !kind(v[name]) {
				t.Errorf("%s: %s is %v", path, name, v[name])
			}
		}
		if form == "infer" {
			outputs := v["outputs"].([]any)
			if v["id"] != "mine" || len(outputs) != 2 || v["parameters"].(map[string]any)["threshold"] != 0.25 {
				t.Errorf("%s", a.body)
			}
		}
	}
}

// protocol is the members that the text of the protocol demands, with their types.
var protocol = map[string]map[string]func(any) bool{
	"server":     {"name": isText, "version": isText, "extensions": listOf(isText)},
	"live":       {"live": isFlag},
	"ready":      {"ready": isFlag},
	"model":      {"name": isText, "versions": listOf(isText), "platform": isText, "inputs": listOf(isMetadata), "outputs": listOf(isMetadata)},
	"modelReady": {"name": isText, "ready": isFlag},
	"infer":      {"model_name": isText, "model_version": isText, "id": isText, "parameters": isObject, "outputs": listOf(isTensor)},
	"error":      {"error": isText},
}

func isText(v any) bool   { s, ok := v.(string); return ok && s != "" }
func isFlag(v any) bool   { _, ok := v.(bool); return ok }
func isNumber(v any) bool { _, ok := v.(float64); return ok }
func isObject(v any) bool { _, ok := v.(map[string]any); return ok }

func listOf(kind func(any) bool) func(any) bool {
	return func(v any) bool {
		list, ok := v.([]any)
		return ok && !slices.ContainsFunc(list, func(x any) bool { return !kind(x) })
	}
}

func isMetadata(v any) bool {
	m, ok := v.(map[string]any)
	return ok && isText(m["name"]) && datatypes[m["datatype"].(string)] != nil && listOf(isNumber)(m["shape"])
}

func isTensor(v any) bool {
	m, ok := v.(map[string]any)
	if !ok || !isMetadata(v) {
		return false
	}
	data, ok := m["data"].([]any)
	return ok && float64(len(data)) == m["shape"].([]any)[0]
}

func TestTensorsThatAreNone(t *testing.T) {
	s := started(t, quickTree(t), nil)
	for _, body := range []string{
		``, `[]`, `{}`, `{"inputs":[]}`, `{"inputs":[1]}`, `{"inputs":{}}`,
		`{"inputs":[{"name":"a","datatype":"FP64","shape":[1],"data":["x"]}]}`,
		`{"inputs":[{"name":"a","datatype":"FP8","shape":[1],"data":[1]}]}`,
		`{"inputs":[{"name":"a","datatype":"FP64","shape":[2],"data":[1]}]}`,
		`{"inputs":[{"name":"a","datatype":"FP64","shape":[-1],"data":[1]}]}`,
		`{"inputs":[{"name":"a","datatype":"FP64","shape":[1,2],"data":[1,2]}]}`,
		`{"inputs":[{"name":"a","datatype":"FP64","shape":[9223372036854775807,9223372036854775807],"data":[1]}]}`,
		`{"inputs":[{"name":"a","datatype":"FP64","shape":[1],"data":[1]},{"name":"b","datatype":"FP64","shape":[2],"data":[1,2]}]}`,
		`{"inputs":[{"datatype":"FP64","shape":[1],"data":[1]}]}`,
	} {
		if a := request(t, s, "POST", "/v2/models/detector/infer", "application/json", body); a.status != 400 {
			t.Errorf("%s: status %d: %s", body, a.status, a.body)
		}
	}
}
