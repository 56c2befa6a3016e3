// What columns are called.

/** @type {Record<string, string>} */
const titles = {
  "(verdict)": "Outcome", protocol_type: "Protocol", proto: "Protocol", service: "Service", flag: "Connection status", conn_state: "Connection status", state: "Connection status",
  src_bytes: "Bytes out", orig_bytes: "Bytes out", sbytes: "Bytes out", dst_bytes: "Bytes in", resp_bytes: "Bytes in", dbytes: "Bytes in", duration: "Duration (s)", dur: "Duration (s)",
  wrong_fragment: "Wrong fragments", urgent: "Urgent packets", num_failed_logins: "Failed logins", hot: "Hot indicators", num_compromised: "Compromised conditions", root_shell: "Root shells", su_attempted: "su attempts",
  num_root: "Root accesses", num_file_creations: "Files created", num_shells: "Shell prompts", num_access_files: "Access control files", land: "Same host and port",
  src_place: "Place of the source", dst_place: "Place of the destination", score: "Score",
};

/** What a column is called. @param {import("./store.js").Column} column */
export function titleOf(column) {
  return Object.hasOwn(titles, column.canon) ? titles[column.canon] : column.name;
}
