import { redirect } from "next/navigation";

export default function Home() {
  redirect("/e/default/secrets");
}
