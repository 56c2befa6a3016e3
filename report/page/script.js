"use strict";
// The page is complete without this script. It adds a choice of theme, sorting
// of tables, and a mark in the contents where the reader is.
(() => {
  const root = document.documentElement;

  const remember = (theme) => {
    try {
      if (theme) localStorage.setItem("netanom-theme", theme);
      return localStorage.getItem("netanom-theme");
    } catch {
      return theme; // storage is refused to some local files
    }
  };
  const saved = remember();
  if (saved === "light" || saved === "dark") root.dataset.theme = saved;
  const toggle = document.getElementById("theme");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    remember(root.dataset.theme);
  });

  // key returns what a row is sorted by: a number, a text, or null if missing.
  const key = (row, column, numeric) => {
    const cell = row.cells[column];
    if (!numeric) return cell.textContent;
    const value = cell.dataset.sort ?? cell.dataset.value;
    return value === undefined || value === "" ? null : Number(value);
  };
  const collator = new Intl.Collator("en", { numeric: true });
  const sort = (table, column, header) => {
    const numeric = header.classList.contains("number");
    const first = numeric ? "descending" : "ascending";
    const second = numeric ? "ascending" : "descending";
    const order = header.ariaSort === first ? second : first;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => ({ row, key: key(row, column, numeric) }));
    rows.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return sign * (numeric ? a.key - b.key || 0 : collator.compare(a.key, b.key));
    });
    body.append(...rows.map((r) => r.row));
  };
  for (const table of document.querySelectorAll(".scroll table")) {
    if (!table.tHead || table.tBodies[0].rows.length < 2) continue;
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, column, header));
      header.append(button);
    });
  }

  const contents = document.querySelector(".contents");
  if (matchMedia("(max-width: 62rem)").matches) contents.open = false;
  const links = new Map();
  for (const link of contents.querySelectorAll("li a")) links.set(link.hash.slice(1), link.parentElement);
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) links.get(entry.target.id)?.classList.toggle("here", entry.isIntersecting);
  }, { rootMargin: "-25% 0px -70% 0px" });
  for (const section of document.querySelectorAll(".topic")) watch.observe(section);
})();
