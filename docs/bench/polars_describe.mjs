import m from "nodejs-polars";
const [path, header] = process.argv.slice(2);
const df = m.readCSV(path, { hasHeader: header === "true" });
const d = df.describe();
console.log(df.shape, d.shape);
