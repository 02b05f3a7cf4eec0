import type { Metadata } from "next";
import { Playground } from "../../../../components/playground/playground";
import { may } from "../../../../lib/access/may";
import { environmentOf, found, openConsole, requirePage } from "../../../console";

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
  await requirePage(caller, "secrets.check", environment);
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
