import { dirname, relative, resolve, sep } from "node:path";
import { IMPURE, LAYERS, RESERVED } from "./layers.mjs";

/** Whether `path` is what an entry of the table stands for. */
function isIn(path, entry) {
  if (entry.endsWith("/*")) return dirname(path) === entry.slice(0, -2);
  return path === entry || path.startsWith(`${entry}/`);
}

/** `node:fs` and `fs` are one module. */
const isPackage = (source, name) => isIn(source, name) || isIn(`node:${source}`, name);

/** The project's path of what a file imports, without extension; undefined for a package. */
function localPath(root, file, source) {
  if (!source.startsWith(".")) return undefined;
  const path = relative(root, resolve(dirname(file), source))
    .split(sep)
    .join("/");
  return path.replace(/\.[cm]?[jt]sx?$/, "");
}

/** Why `file` must not import `source`; undefined if it may. */
function objection(root, file, source, typeOnly) {
  const from = localPath(root, file, `./${file.slice(dirname(file).length + 1)}`);
  const target = localPath(root, file, source);

  for (const { imports, to } of RESERVED) {
    const reserved = imports.some((entry) => isIn(target ?? source, entry));
    if (reserved && !to.some((entry) => isIn(from, entry))) {
      return `only ${to.join(", ")} may import it`;
    }
  }

  const layer = LAYERS.find(({ of }) => isIn(from, of));
  if (layer === undefined || from.endsWith(".test")) return undefined;
  if (target === undefined) {
    const impure = layer.pure && IMPURE.some((name) => isPackage(source, name));
    return impure ? `${layer.of} is pure` : undefined;
  }
  const { of, values, types = [] } = layer;
  if ([of, ...values].some((entry) => isIn(target, entry))) return undefined;
  if (!types.some((entry) => isIn(target, entry))) return `imports of ${of} don't point there`;
  return typeOnly ? undefined : `${of} may import only types from there (import type)`;
}

/** An ESLint rule: reports imports that the table in layers.mjs does not allow. */
export const importDirection = {
  meta: {
    type: "problem",
    schema: [],
    messages: { forbidden: '"{{source}}": {{why}} (scripts/eslint/layers.mjs).' },
  },
  create(context) {
    const check = (node, source, typeOnly) => {
      if (typeof source?.value !== "string") return;
      const why = objection(context.cwd, context.filename, source.value, typeOnly);
      if (why === undefined) return;
      context.report({ node, messageId: "forbidden", data: { source: source.value, why } });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source, node.importKind === "type"),
      ExportNamedDeclaration: (node) => check(node, node.source, node.exportKind === "type"),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === "type"),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal, true),
    };
  },
};
