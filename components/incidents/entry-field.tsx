import { Field, TextArea } from "../ui/field";

interface EntryFieldProps {
  label: string;
  text: string;
  error: string | undefined;
  onChange: (text: string) => void;
}

/** Where something is written that stays with an incident for good. */
export function EntryField({ label, text, error, onChange }: EntryFieldProps) {
  return (
    <Field
      label={label}
      error={error === undefined ? undefined : `This text ${error}.`}
      hint="Stays for good, for every admin to read. Never paste a value or a token here."
    >
      {(control) => (
        <TextArea
          {...control}
          rows={3}
          maxLength={4000}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
