package serve

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/netanom/netanom/model"
)

// A contract is the service's own document, with the schemas in it.
type contract struct {
	doc     map[string]any
	schemas map[string]*jsonschema.Schema
}

// documented reads the document of a service.
func documented(t *testing.T, s *Server) contract {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(request(t, s, "GET", "/openapi.json", "", "").body))
	if err != nil {
		t.Fatal(err)
	}
	c := contract{doc.(map[string]any), map[string]*jsonschema.Schema{}}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	for name := range c.at("components", "schemas") {
		if c.schemas[name], err = compiler.Compile("openapi.json#/components/schemas/" + name); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// at returns the object at a path of names in the document, following references.
func (c contract) at(path ...string) map[string]any {
	v := c.doc
	for _, name := range path {
		v, _ = v[name].(map[string]any)
		if to, ok := v["$ref"].(string); ok {
			v = c.at(strings.Split(strings.TrimPrefix(to, "#/"), "/")...)
		}
	}
	return v
}

// check holds a value to the schema of a body of the document.
func (c contract) check(t *testing.T, what string, content map[string]any, text string) {
	t.Helper()
	schema, ok := content["schema"].(map[string]any)
	if !ok {
		t.Errorf("%s has no schema", what)
		return
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	options, ok := schema["anyOf"].([]any)
	if !ok {
		options = []any{schema}
	}
	matched := 0
	for _, o := range options {
		if to, ok := o.(map[string]any)["$ref"].(string); ok {
			if err = c.schemas[strings.TrimPrefix(to, "#/components/schemas/")].Validate(v); err == nil {
				matched++
			}
			continue
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource("openapi.json", c.doc); err != nil {
			t.Fatal(err)
		}
		inline := map[string]any{"$id": "inline.json", "allOf": []any{absolute(o)}}
		if err := compiler.AddResource("inline.json", inline); err != nil {
			t.Fatal(err)
		}
		if err = compiler.MustCompile("inline.json").Validate(v); err == nil {
			matched++
		}
	}
	if matched == 0 {
		t.Errorf("%s does not fit its schema: %v in %.300s", what, err, text)
	}
}

// absolute makes references within the document such from without.
func absolute(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			if to, ok := x.(string); ok && k == "$ref" {
				out[k] = "openapi.json" + to
			} else {
				out[k] = absolute(x)
			}
		}
		return out
	case []any:
		out := []any{}
		for _, x := range v {
			out = append(out, absolute(x))
		}
		return out
	}
	return v
}

// TestOpenAPI sends each example of the document where it says, and holds requests and
// answers to the document's schemas. (CI holds the document itself to that of OpenAPI 3.1.)
func TestOpenAPI(t *testing.T) {
	s := started(t, trained(t, "gbt", `{"trees":10}`, model.Category), func(o *Options) {
		o.Feedback = filepath.Join(t.TempDir(), "labels.jsonl")
		o.Policy = []string{"level=reject", "range=reject", "extra=reject"}
	})
	c := documented(t, s)
	sent := 0
	for path, item := range c.at("paths") {
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
				held(t, s, c, method, path, real, body, http.StatusOK)
				sent++
			}
		}
	}
	if sent < 20 {
		t.Errorf("only %d examples", sent)
	}
	for _, body := range []string{"{}", "[{}]", `[{"flag":"NEW"}]`} {
		held(t, s, c, "post", "/v1/predict", "/v1/predict", body, http.StatusUnprocessableEntity)
	}
	held(t, s, c, "post", "/v1/predict", "/v1/predict", "[", http.StatusBadRequest)
	for _, pattern := range s.listed {
		if c.at("paths", pattern) == nil && !slices.Contains(undocumented, pattern) {
			t.Errorf("%s is not in the document", pattern)
		}
	}
}

// undocumented are routes that are a second name or a page.
var undocumented = []string{"/predict", "/{$}", "/assets/{name}", "/v1/models/{model}/versions/{version}/predict", "/v1/models/{model}/versions/{version}",
	"/v2/models/{model}/versions/{version}/infer", "/v2/models/{model}/versions/{version}", "/v2/models/{model}/versions/{version}/ready"}

// held sends a request to a route and holds it, if it is to succeed, and its answer to the
// document.
func held(t *testing.T, s *Server, c contract, method, route, path, body string, status int) {
	t.Helper()
	what := method + " " + path
	if status == http.StatusOK && body != "" {
		c.check(t, what, c.at("paths", route, method, "requestBody", "content", "application/json"), body)
	}
	a := request(t, s, strings.ToUpper(method), path, "application/json", body)
	if a.status != status {
		t.Errorf("%s: status %d, want %d: %s", what, a.status, status, a.body)
		return
	}
	kind := a.header.Get("Content-Type")
	if kind = strings.Split(kind, ";")[0]; kind == "text/plain" {
		return
	}
	c.check(t, "the answer of "+what, c.at("paths", route, method, "responses", strconv.Itoa(status), "content", kind), a.body)
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
	"infer":      {"model_name": isText, "model_version": isText, "id": isText, "parameters": isMembers, "outputs": listOf(isTensor)},
	"error":      {"error": isText},
}

func isText(v any) bool    { s, ok := v.(string); return ok && s != "" }
func isFlag(v any) bool    { _, ok := v.(bool); return ok }
func isNumber(v any) bool  { _, ok := v.(float64); return ok }
func isMembers(v any) bool { _, ok := v.(map[string]any); return ok }

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
