import { Message } from "../../components/shell/message-page";
import { ButtonLink } from "../../components/ui/button";

export const metadata = { title: "Not found" };

export default function NoSuchEnvironment() {
  return (
    <main tabIndex={-1}>
      <Message
        title="There is no such environment"
        actions={<ButtonLink href="/">Go to the secrets</ButtonLink>}
      >
        <p>It may have been deleted, or the address is mistyped.</p>
      </Message>
    </main>
  );
}
