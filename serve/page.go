package serve

import (
	"embed"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assets embed.FS

// pagePolicy lets the page load nothing but what the service itself gives.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var assetTypes = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// pageRoute answers with a page on which a record can be tried and the routes are told.
func (s *Server) pageRoute(c *call) *problem { return s.asset(c, "try.html") }

func (s *Server) assetRoute(c *call) *problem { return s.asset(c, c.r.PathValue("name")) }

func (s *Server) asset(c *call, name string) *problem {
	text, err := assets.ReadFile(path.Join("assets", name))
	kind := assetTypes[path.Ext(name)]
	if err != nil || kind == "" || strings.Contains(name, "/") {
		return newProblem(http.StatusNotFound, "not-found", "the page has no such part")
	}
	h := c.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	c.Write(text)
	return nil
}
