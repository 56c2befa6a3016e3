package serve

import "strings"

// paths describes the routes.
func (s *Server) paths(first *loaded, names []any) object {
	record := ref(first.name + ".Record")
	example := first.example()
	scoring := object{
		"application/json": object{
			"schema": object{"anyOf": []any{record, object{"type": "array", "items": record},
				object{"type": "object", "required": []any{"records"}, "properties": object{"records": object{"type": "array", "items": record}}},
				object{"type": "object", "required": []any{"columns", "data"}, "properties": object{"columns": object{"type": "array", "items": object{"type": "string"}}, "data": object{"type": "array", "items": object{"type": "array"}}}}}},
			"examples": object{"record": object{"value": example}, "records": object{"value": []any{example, example}}},
		},
		"application/x-ndjson":      object{"schema": object{"type": "string", "description": "a record a line; each line is answered by a line"}},
		"text/csv":                  object{"schema": object{"type": "string", "description": "a header and records; the same comes back behind the score and the verdict"}},
		"text/tab-separated-values": object{"schema": object{"type": "string", "description": "a header and records, or a log as Zeek writes it"}},
	}
	predict := operation("scoring", "predict", "Score records", scoring, "Predictions", "400", "401", "403", "404", "408", "413", "415", "422", "429", "503", "504")
	predict["parameters"] = refs("parameters", "model", "version", "threshold", "reasons", "reasons_for", "probabilities", "on_error", "escape_formulas")
	byName := operation("scoring", "predictByModel", "Score records by one model", scoring, "Predictions", "400", "401", "403", "404", "408", "413", "415", "422", "429", "503", "504")
	byName["parameters"] = refs("parameters", "modelName", "threshold", "reasons", "reasons_for", "probabilities", "on_error", "escape_formulas")
	frame := object{"application/json": object{"schema": object{"type": "object"}, "examples": object{"records": object{"value": object{"dataframe_records": []any{example}}}}}, "text/csv": object{"schema": object{"type": "string"}}}
	label := object{"application/json": object{"schema": object{"anyOf": []any{ref("Feedback"), object{"type": "array", "items": ref("Feedback")}}},
		"examples": object{"record": object{"value": object{"record": example, "label": "normal"}}}}}
	infer := object{"application/json": object{"schema": ref("InferenceRequest"), "examples": object{"columns": object{"value": first.inferExample(example)}}}}
	inferring := operation("Open Inference Protocol", "infer", "Score records that come as a tensor a column", infer, "InferenceResponse", "400", "401", "403", "404", "408", "413", "422", "429", "503", "504")
	inferring["parameters"] = refs("parameters", "modelName")
	out := object{
		"/v1/predict":                object{"post": predict},
		"/v1/models/{model}/predict": object{"post": byName},
		"/v1/models":                 object{"get": operation("models", "models", "List the models", nil, "", "401", "403")},
		"/v1/models/{model}":         object{"get": withModel(operation("models", "model", "Describe a model: columns, levels, ranges, threshold, figures", nil, "", "401", "403", "404"))},
		"/v2/models/{model}/infer":   object{"post": inferring},
		"/v2/models/{model}":         object{"get": withModel(operation("Open Inference Protocol", "modelMetadata", "Describe the tensors of a model", nil, "", "401", "403", "404"))},
		"/v2/models/{model}/ready":   object{"get": withModel(open(operation("Open Inference Protocol", "modelReady", "Whether a model is ready", nil, "", "404")))},
		"/v2":                        object{"get": open(operation("Open Inference Protocol", "serverMetadata", "Describe the service", nil, ""))},
		"/invocations":               object{"post": operation("MLflow", "invocations", "Score records as MLflow's servers do", frame, "", "400", "401", "403", "404", "408", "413", "415", "422", "429", "503", "504")},
		"/metrics":                   object{"get": operation("operation", "metrics", "Metrics for Prometheus", nil, "", "401", "403")},
		"/openapi.json":              object{"get": operation("operation", "openapi", "This document", nil, "", "401", "403")},
		"/version":                   object{"get": open(operation("operation", "version", "The version of the program", nil, ""))},
	}
	if s.feedback != nil {
		out["/v1/feedback"] = object{"post": operation("feedback", "feedback", "Give the true labels of records", label, "", "400", "401", "403", "404", "408", "413", "422", "429", "503")}
	}
	if s.monitor != nil {
		addDashboard(out)
	}
	for path, id := range map[string]string{"/livez": "livez", "/ping": "ping", "/health": "health", "/v2/health/live": "live"} {
		out[path] = object{"get": open(operation("operation", id, "Whether the service lives", nil, "Health"))}
	}
	for path, id := range map[string]string{"/readyz": "readyz", "/v2/health/ready": "ready"} {
		o := open(operation("operation", id, "Whether requests are welcome", nil, "Health"))
		o["responses"].(object)["503"] = object{"description": "They are not", "content": object{"application/json": object{"schema": ref("Health")}}}
		out[path] = object{"get": o}
	}
	return out
}

// operation describes a route: what it takes, a schema of its answer, and the statuses of
// its problems.
func operation(tag, id, summary string, body object, answer string, problems ...string) object {
	ok := object{"description": "As asked"}
	switch {
	case answer != "":
		ok["content"] = object{"application/json": object{"schema": ref(answer)}}
	case id == "metrics":
		ok["content"] = object{"text/plain": object{"schema": object{"type": "string"}}}
	default:
		ok["content"] = object{"application/json": object{"schema": object{"type": "object"}}}
	}
	responses := object{"200": ok}
	for _, status := range problems {
		responses[status] = object{"$ref": "#/components/responses/P" + status}
	}
	o := object{"tags": []any{tag}, "operationId": id, "summary": summary, "responses": responses}
	if body != nil {
		o["requestBody"] = object{"required": true, "content": body}
	}
	return o
}

// open describes a route that needs no key.
func open(o object) object {
	o["security"] = []any{}
	return o
}

// withModel describes a route with the name of a model in its path.
func withModel(o object) object {
	o["parameters"] = refs("parameters", "modelName")
	return o
}

func refs(of string, names ...string) (out []any) {
	for _, name := range names {
		out = append(out, object{"$ref": strings.Join([]string{"#/components", of, name}, "/")})
	}
	return out
}

// inferExample is a request of the Open Inference Protocol with one record.
func (m *loaded) inferExample(example object) object {
	inputs := []any{}
	for j := range m.pipeline.Schema.Inputs {
		in := &m.pipeline.Schema.Inputs[j]
		datatype := "FP64"
		if in.Coded() {
			datatype = "BYTES"
		}
		inputs = append(inputs, object{"name": in.Name, "shape": []any{1}, "datatype": datatype, "data": []any{example[in.Name]}})
	}
	return object{"inputs": inputs}
}
