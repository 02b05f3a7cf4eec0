import { Forbidden } from "../../../components/shell/message-page";

export const metadata = { title: "Not yours to open" };

export default function ForbiddenPage() {
  return <Forbidden />;
}
