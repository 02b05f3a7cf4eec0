import { fileURLToPath } from "node:url";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { importDirection } from "./scripts/eslint/import-direction.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const typescript = ["**/*.ts", "**/*.tsx"];

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      ".next/",
      ".setup/",
      "dist/",
      "data/",
      "lib/store/generated/",
      "next-env.d.ts",
      "test-results/",
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },

  // TypeScript: everything that the compiler's types can tell.
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    plugins: { coffer: { rules: { "import-direction": importDirection } } },
    rules: {
      "coffer/import-direction": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The compiler's noPropertyAccessFromIndexSignature decides.
      "@typescript-eslint/dot-notation": "off",
      eqeqeq: "error",
    },
  },

  // Default exports only where a framework asks for them.
  {
    files: typescript,
    ignores: ["app/**", "**/*.config.ts", "tests/e2e/postgres-server.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExportDefaultDeclaration, ExportSpecifier[exported.name='default']",
          message: "Export it by name.",
        },
      ],
    },
  },

  // Settings come from lib/config.ts only; the log from lib/log.ts only.
  {
    files: [
      "server.ts",
      "instrumentation.ts",
      "lib/**/*.ts",
      "app/**/*.{ts,tsx}",
      "components/**/*.{ts,tsx}",
    ],
    ignores: ["lib/config.ts", "**/*.test.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Settings come from lib/config.ts." },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: ["process", "node:process"].map((name) => ({
            name,
            message: "Use the global; settings come from lib/config.ts.",
          })),
        },
      ],
    },
  },
  {
    files: ["lib/**/*.ts", "app/**/*.{ts,tsx}", "components/**/*.{ts,tsx}"],
    rules: { "no-console": "error" },
  },

  {
    files: ["app/**/*.tsx", "components/**/*.{ts,tsx}"],
    extends: [reactHooks.configs.flat.recommended],
  },
  // Pages render on the server, once a request: the time of day is theirs to read.
  { files: ["app/**/*.tsx"], rules: { "react-hooks/purity": "off" } },

  // Plain JavaScript: scripts that run before anything is installed, and configuration.
  {
    files: ["**/*.js", "**/*.mjs"],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        "process console URL Buffer setTimeout clearTimeout setInterval clearInterval"
          .split(" ")
          .map((name) => [name, "readonly"]),
      ),
    },
    rules: { "no-undef": "error", "prefer-const": "error", eqeqeq: "error" },
  },
);
