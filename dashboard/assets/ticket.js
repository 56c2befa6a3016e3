// An alert as Markdown for a ticket. Everything in it can come from an attacker: it is escaped,
// so that it is shown as it is and can neither become a link, an image or HTML nor leave its cell.

/**
 * Text that Markdown shows as it is, in one line.
 * @param {string} text
 */
export function escaped(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, " ").trim()
    .replace(/[\\`*_{}[\]()#+!|<>~&@$^=]/g, "\\$&")
    .replace(/:(?=\/)/g, "\\:").replace(/(www)(?=\.)/gi, "$1\\") // what would become a link by itself
    .replace(/^(\d*)([.-])(?=[\s-]|$)/, "$1\\$2"); // what would begin a list or a rule
}

/**
 * @typedef {object} Ticket
 * @property {string} title
 * @property {[string, string][]} facts name and value
 * @property {string[]} reasons what raised the score most
 * @property {string} comment of the analyst
 * @property {[string, string][]} fields of the record
 * @property {string} link address of the view, "" for none
 * @property {string} source file and version that the record is from
 */

/** A link that is code, so that nothing in it is read as Markdown. @param {string} url */
const code = (url) => "`" + url.replace(/[`\s]/g, (c) => encodeURIComponent(c)) + "`";

/** The ticket's text. @param {Ticket} t */
export function ticket({ title, facts, reasons, comment, fields, link, source }) {
  const out = ["## " + escaped(title), "", ...facts.map(([name, value]) => `- ${escaped(name)}: ${escaped(value)}`)];
  if (reasons.length) out.push("", "### What raised the score most", "", ...reasons.map((r, i) => `${i + 1}. ${escaped(r)}`));
  const said = comment.split("\n").map(escaped).filter(Boolean);
  if (said.length) out.push("", "### Comment", "", ...said.map((line) => "> " + line));
  out.push("", "### Record", "", "| field | value |", "|---|---|", ...fields.map(([name, value]) => `| ${escaped(name)} | ${escaped(value)} |`));
  if (link) out.push("", "View: " + code(link));
  out.push("", escaped(source), "");
  return out.join("\n");
}
