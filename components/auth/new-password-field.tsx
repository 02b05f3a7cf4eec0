import type { Problem } from "../api";
import { Field, Input } from "../ui/field";

const SHORTEST_PASSWORD = 12;

/** What a password lacks in length, in words; nothing if it is long enough. */
export function missingCharacters(password: string): string | undefined {
  const missing = SHORTEST_PASSWORD - password.length;
  return missing > 0 ? `${String(missing)} more to go.` : undefined;
}

/** What the API has against a new password. */
export function passwordTrouble(problem: Problem | null): string | undefined {
  return problem?.code === "weak_password" ? problem.message : problem?.at("password");
}

interface NewPasswordFieldProps {
  label?: string;
  password: string;
  error: string | undefined;
  autoFocus?: boolean;
  onChange: (password: string) => void;
}

/** Where a new password is typed. */
export function NewPasswordField({
  label = "Password",
  password,
  error,
  autoFocus = false,
  onChange,
}: NewPasswordFieldProps) {
  return (
    <Field
      label={label}
      hint={`At least ${String(SHORTEST_PASSWORD)} characters. A few random words do well.`}
      error={error}
    >
      {(control) => (
        <Input
          {...control}
          type="password"
          name="password"
          autoComplete="new-password"
          required
          autoFocus={autoFocus}
          value={password}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
