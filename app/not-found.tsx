import { Message } from "../components/shell/message-page";
import { ButtonLink } from "../components/ui/button";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main tabIndex={-1}>
      <Message
        title="There is nothing at this address"
        actions={<ButtonLink href="/">Go to the secrets</ButtonLink>}
      >
        <p>The address may be mistyped, or what it named is gone.</p>
      </Message>
    </main>
  );
}
