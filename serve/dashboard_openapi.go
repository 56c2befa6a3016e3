package serve

// addDashboard describes the routes of the live dashboard.
func addDashboard(paths object) {
	text := object{"schema": object{"type": "string"}}
	page := open(operation("dashboard", "dashboard", "A page that shows the records of the default model as they are scored", nil, ""))
	answersWith(page, "text/html", text)
	data := operation("dashboard", "dashboardData", "The latest records, as the page reads them: the length of a head in four bytes, the head as JSON, and columns packed by gzip", nil, "", "401", "403")
	answersWith(data, "application/octet-stream", object{})
	events := operation("dashboard", "dashboardEvents", "Records as they come, as server-sent events: data is columns packed by gzip, in base64; reset says that records in between are gone", nil, "", "401", "403", "503")
	answersWith(events, "text/event-stream", text)
	events["parameters"] = []any{object{"name": "Last-Event-ID", "in": "header", "required": false, "description": "behind which record to go on: X-Netanom-Sequence of the data, or the id of an event", "schema": object{"type": "string"}}}
	paths["/dashboard"], paths["/dashboard/data"], paths["/dashboard/events"] = object{"get": page}, object{"get": data}, object{"get": events}
}

// answersWith says that an operation answers with something else than JSON.
func answersWith(o object, media string, content object) {
	o["responses"].(object)["200"].(object)["content"] = object{media: content}
}
