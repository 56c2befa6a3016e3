package serve

import (
	"fmt"
	"net/http"

	"github.com/netanom/netanom/model"
)

// object is a JSON object of the OpenAPI document, whose members are written in the order
// of their names.
type object = map[string]any

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// openAPIRoute answers with an OpenAPI 3.1 document made from the models that are held:
// their columns, levels, ranges, and records to try.
func (s *Server) openAPIRoute(c *call) *problem {
	return c.json(http.StatusOK, s.openAPI())
}

func (s *Server) openAPI() object {
	schemas := commonSchemas()
	names := []any{}
	for _, name := range s.shelf.names {
		m := s.shelf.find(name, "")
		schemas[name+".Record"] = m.recordSchema()
		names = append(names, name)
	}
	first := s.shelf.find("", "")
	doc := object{
		"openapi": "3.1.0",
		"info":    object{"title": "netanom", "version": s.o.Version, "summary": "Scores connection records by trained detectors", "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers": []any{object{"url": "/"}},
		"tags": []any{object{"name": "scoring"}, object{"name": "models"}, object{"name": "feedback"}, object{"name": "Open Inference Protocol"},
			object{"name": "MLflow"}, object{"name": "operation"}, object{"name": "dashboard"}},
		"paths":      s.paths(first, names),
		"components": object{"schemas": schemas, "parameters": s.parameterDocs(names), "responses": responseDocs(), "securitySchemes": object{"key": object{"type": "http", "scheme": "bearer"}}},
	}
	if s.keys != nil {
		doc["security"] = []any{object{"key": []any{}}}
	}
	return doc
}

// example is a record to try: the median of each number and the most frequent level.
func (m *loaded) example() object {
	out := object{}
	for j := range m.pipeline.Schema.Inputs {
		in := &m.pipeline.Schema.Inputs[j]
		if out[in.Name] = any(in.Median); in.Coded() {
			out[in.Name] = in.Commonest()
		}
	}
	return out
}

// recordSchema describes a record of the model. What the policy does not reject, the
// schema allows; levels and ranges of training are told all the same.
func (m *loaded) recordSchema() object {
	properties, required := object{}, []string{}
	for j := range m.pipeline.Schema.Inputs {
		in := &m.pipeline.Schema.Inputs[j]
		properties[in.Name] = m.columnSchema(in)
		if in.Missing == 0 && m.policy[model.MissingField] == model.Reject {
			required = append(required, in.Name)
		}
	}
	return object{
		"type": "object", "properties": properties, "required": required, "additionalProperties": m.policy[model.ExtraField] != model.Reject,
		"examples":    []any{m.example()},
		"description": fmt.Sprintf("A record of %s %s. Every spelling of a column is understood, such as srcbytes for src_bytes. Policy: %v.", m.name, m.version, m.policy.Pairs()),
	}
}

// columnSchema describes a column.
func (m *loaded) columnSchema(in *model.Input) object {
	nullable := in.Missing > 0 || m.policy[model.MissingValue] != model.Reject
	types := func(names ...string) any {
		if nullable {
			names = append(names, "null")
		}
		return names
	}
	if in.Coded() {
		levels := []any{}
		for _, l := range in.Levels {
			levels = append(levels, l)
		}
		c := object{"type": types("string", "number", "boolean"), "x-levels": levels}
		if m.policy[model.UnseenLevel] == model.Reject {
			if nullable {
				levels = append(levels, nil)
			}
			c["enum"] = levels
		}
		if level := in.Commonest(); level != nil {
			c["examples"] = []any{level}
		}
		return c
	}
	c := object{"type": types("number", "string", "boolean"), "x-range": []any{in.Range[0], in.Range[1]}, "x-whole": in.Whole, "examples": []any{in.Median},
		"description": fmt.Sprintf("A number; in training from %v to %v. It may come as text.", in.Range[0], in.Range[1])}
	if m.policy[model.OutOfRange] == model.Reject {
		c["minimum"], c["maximum"] = in.Range[0], in.Range[1]
	}
	return c
}

// commonSchemas are those that no model has a part in.
func commonSchemas() object {
	text, number := object{"type": "string"}, object{"type": "number"}
	nullable := object{"type": []any{"number", "null"}}
	list := func(of any) object { return object{"type": "array", "items": of} }
	reason := object{"type": "object", "required": []any{"column", "value", "part"}, "properties": object{"column": text, "value": text, "part": number}}
	fault := object{"type": "object", "required": []any{"row", "code", "message"}, "properties": object{"row": object{"type": "integer"}, "pointer": text, "column": text, "code": text, "message": text}}
	prediction := object{
		"type": "object", "description": "What is said of a record; error and errors instead, where it was rejected and on_error=row was asked for.",
		"properties": object{"score": nullable, "probability": nullable, "label": object{"type": "string", "description": "normal or attack, by the threshold"}, "class": text,
			"probabilities": object{"type": "object", "additionalProperties": number}, "reasons": list(ref("Reason")), "error": text, "errors": list(ref("Fault"))},
	}
	tensor := object{"type": "object", "required": []any{"name", "shape", "datatype", "data"},
		"properties": object{"name": text, "shape": list(object{"type": "integer"}), "datatype": text, "data": object{"type": "array"}, "parameters": object{"type": "object"}}}
	return object{
		"Reason": reason, "Fault": fault, "Prediction": prediction, "Tensor": tensor,
		"Predictions": object{"type": "object", "required": []any{"model", "version", "threshold", "request", "predictions"},
			"properties": object{"model": text, "version": text, "threshold": number, "request": text, "predictions": list(ref("Prediction")), "warnings": list(ref("Fault"))}},
		"Problem": object{"type": "object", "required": []any{"type", "title", "status", "error"},
			"properties": object{"type": text, "title": text, "status": object{"type": "integer"}, "detail": text, "instance": text, "error": text, "errors": list(ref("Fault"))}},
		"Feedback": object{"type": "object", "required": []any{"label"}, "properties": object{"label": text, "id": text, "record": object{"type": "object"}, "model": text},
			"examples": []any{object{"id": "1x2-7/0", "label": "normal"}}},
		"InferenceRequest": object{"type": "object", "required": []any{"inputs"}, "properties": object{"id": text, "inputs": list(ref("Tensor")), "outputs": list(object{"type": "object"}), "parameters": object{"type": "object"}}},
		"InferenceResponse": object{"type": "object", "required": []any{"model_name", "outputs"},
			"properties": object{"model_name": text, "model_version": text, "id": text, "parameters": object{"type": "object"}, "outputs": list(ref("Tensor"))}},
		"Health": object{"type": "object", "required": []any{"live", "ready"}, "properties": object{"live": object{"type": "boolean"}, "ready": object{"type": "boolean"}, "why": list(text), "warnings": list(text)}},
	}
}

// parameterDocs describe what may stand in a query.
func (s *Server) parameterDocs(names []any) object {
	out := object{}
	schemas := map[string]object{
		"model": {"type": "string", "examples": names}, "version": {"type": "string"}, "threshold": {"type": "number"}, "reasons": {"type": "integer", "minimum": 0, "maximum": maxReasons},
		"reasons_for": {"type": "string", "enum": []any{"alerts", "all"}}, "probabilities": {"type": "boolean"}, "escape_formulas": {"type": "boolean"}, "on_error": {"type": "string", "enum": []any{"reject", "row"}},
	}
	for name := range parameters {
		out[name] = object{"name": name, "in": "query", "required": false, "description": parameterHelp[name], "schema": schemas[name]}
	}
	out["modelName"] = object{"name": "model", "in": "path", "required": true, "schema": object{"type": "string", "enum": names}}
	out["modelVersion"] = object{"name": "version", "in": "path", "required": true, "schema": object{"type": "string"}}
	return out
}

// responseDocs describe answers that are no predictions.
func responseDocs() object {
	out := object{}
	for status, kind := range map[string]string{"400": "malformed", "401": "unauthorized", "403": "forbidden", "404": "not-found", "408": "timeout", "409": "conflict", "413": "too-large",
		"415": "media-type", "422": "validation", "429": "rate-limited", "503": "overloaded", "504": "timeout"} {
		out["P"+status] = object{"description": problemTitles[kind], "content": object{"application/problem+json": object{"schema": ref("Problem")}}}
	}
	return out
}
