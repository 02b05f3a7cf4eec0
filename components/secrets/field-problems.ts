import type { Problem } from "../api";

/** What the API has against the name, such as that it is taken in another case. */
export function nameProblem(problem: Problem | null): string | undefined {
  if (problem?.inTrash)
    return "A secret in the trash has this name. Say below what is to become of it.";
  const codes = ["already_exists", "invalid_name"];
  return problem && codes.includes(problem.code) ? problem.message : problem?.at("name");
}

/** What the API has against the value. */
export function valueProblem(problem: Problem | null): string | undefined {
  return problem?.code === "invalid_value" ? problem.message : problem?.at("value");
}

/** The problem, unless it is told beside one of the fields. */
export function otherProblem(problem: Problem | null): Problem | null {
  const told =
    nameProblem(problem) ??
    valueProblem(problem) ??
    problem?.at("description") ??
    problem?.at("tags") ??
    problem?.at("rotateEveryDays") ??
    problem?.at("expiresAt");
  return told === undefined ? problem : null;
}
