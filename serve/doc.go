// Package serve answers questions about records over HTTP: a prediction service made
// of model files.
//
// A request's way: ServeHTTP (server.go) gives it an id, asks who it is (keys.go) and
// whether there is room (limits.go), and hands it to the route. A decoder (json.go,
// csv.go, ndjson.go, tensor.go, mlflow.go) turns the body into rows of cells, which a
// batch (batch.go) offers to the model's intake; score.go scores what was taken in, and
// an encoder writes the answer in the shape that was asked for. Every decoder ends in
// the same intake and every score comes from model.Pipeline.Score, so that a row has
// the same score whatever road it came by.
//
// What is served is held by a shelf (shelf.go): models by name and version, replaced
// while requests run (reload.go). Errors are RFC 9457 problems (problem.go).
package serve
