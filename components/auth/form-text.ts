/** What was typed into a form's field of that name. */
export function formText(form: FormData, field: string): string {
  const text = form.get(field);
  return typeof text === "string" ? text : "";
}
