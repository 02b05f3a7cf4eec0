import type { EnvironmentInfo, Rule, ServiceAction, ServiceInfo } from "../../lib/shapes";

const VERBS: Record<ServiceAction, string> = {
  resolve: "resolves",
  check: "checks",
  list: "lists",
  write: "writes",
  metrics: "reads metrics",
};

/** Whether a pattern stands for every name there is and will be. */
export function isEverything(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

/** Whether a rule is for every secret of its environment, also for those that are not made yet. */
export function coversEverything(rule: Rule): boolean {
  return rule.names.some(isEverything);
}

/** Whether a rule says `write` and its environment's protection refuses it. */
export function isHeldBack(rule: Rule, environment: EnvironmentInfo): boolean {
  return environment.protected && rule.actions.includes("write") && !rule.protectedWrite;
}

/** Name patterns in words: "OPENAI_*, JIRA_TOKEN", or "every secret". */
export function patternsInWords(names: readonly string[]): string {
  if (names.length === 0) return "no secret";
  return names.some(isEverything) ? "every secret" : names.join(", ");
}

/** What a rule lets a service do, in words: "resolves OPENAI_*, JIRA_*". */
export function ruleInWords(rule: Rule): string {
  const named = rule.actions
    .filter((action) => action !== "metrics")
    .map((action) => VERBS[action]);
  const parts = named.length > 0 ? [`${listed(named)} ${patternsInWords(rule.names)}`] : [];
  if (rule.versions === "any") parts.push("older versions too");
  if (rule.protectedWrite) parts.push("writes also where protected");
  if (rule.env.length > 0) parts.push(variablesInWords(rule));
  if (rule.actions.includes("metrics")) parts.push(VERBS.metrics);
  return parts.join(", ");
}

/** What is done with the server's variables: they are only ever resolved or checked. */
function variablesInWords({ actions, env }: Rule): string {
  const reads = (["resolve", "check"] as const).filter((action) => actions.includes(action));
  const variables = `the server's ${env.join(", ")}`;
  return reads.length === 0
    ? `names ${variables} to no effect`
    : `${listed(reads.map((action) => VERBS[action]))} ${variables}`;
}

/** What a service has to send, as a sentence; nothing if it has to send nothing. */
export function demandsInWords({ demands }: Pick<ServiceInfo, "demands">): string | undefined {
  if (demands.length === 0) return undefined;
  const limits = { only: "which names it uses", paths: "where references are meant" };
  const parts = (["only", "paths"] as const).filter((each) => demands.includes(each));
  const said = parts.map((each) => `${limits[each]} (${each})`);
  return `Has to say with each request ${listed(said)}.`;
}

/** All that a service may do, in a line. */
export function rulesInWords(rules: readonly Rule[]): string {
  return rules.length === 0 ? "may do nothing yet" : rules.map(ruleInWords).join("; ");
}

/** What else a pattern will match later, in words; nothing for an exact name. */
export function futureInWords(pattern: string): string | undefined {
  if (!pattern.includes("*")) return undefined;
  if (isEverything(pattern)) return "any new secret";
  const [start = "", ...rest] = pattern.split("*");
  const end = rest[rest.length - 1] ?? "";
  if (start && rest.length === 1 && !end) return `any new name that starts with ${start}`;
  if (!start && rest.length === 1) return `any new name that ends with ${end}`;
  return `any new name like ${pattern}`;
}

/** How many of a service's tokens work. */
export function liveTokens(service: ServiceInfo): number {
  return service.tokens.filter((token) => token.state === "live").length;
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1] ?? ""}`;
}
