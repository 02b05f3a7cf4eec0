import { Message } from "../../../components/shell/message-page";
import { ButtonLink } from "../../../components/ui/button";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <Message
      title="There is nothing at this address"
      actions={<ButtonLink href="/">Go to the secrets</ButtonLink>}
    >
      <p>It may have been purged or deleted, or the address is mistyped.</p>
    </Message>
  );
}
