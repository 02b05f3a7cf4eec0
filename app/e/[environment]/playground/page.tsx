import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { Playground } from "../../../../components/playground/playground";
import { may } from "../../../../lib/access/may";
import { environmentOf, found, openConsole } from "../../../console";

interface PlaygroundProps {
  params: Promise<{ environment: string }>;
}

export async function generateMetadata({ params }: PlaygroundProps): Promise<Metadata> {
  return { title: `Playground · ${(await params).environment}` };
}

export default async function PlaygroundPage({ params }: PlaygroundProps) {
  const slug = (await params).environment;
  const { vault, caller } = await openConsole(`/e/${slug}/playground`);
  const environment = await environmentOf(caller, slug);
  if (!may(caller, "secrets.check", { environment })) forbidden();
  return (
    <Playground
      environment={environment}
      services={await found(vault.resolver.checkable(caller, slug))}
      can={{
        canCreate: may(caller, "secrets.create", { environment }),
        canGrant: may(caller, "services.grant", { environment }),
      }}
    />
  );
}
