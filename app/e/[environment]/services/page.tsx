import type { Metadata } from "next";
import { ServiceList } from "../../../../components/services/service-list";
import { may } from "../../../../lib/access/may";
import { environmentOf, found, openConsole, requirePage } from "../../../console";

interface ServicesProps {
  params: Promise<{ environment: string }>;
}

export async function generateMetadata({ params }: ServicesProps): Promise<Metadata> {
  return { title: `Services · ${(await params).environment}` };
}

export default async function Services({ params }: ServicesProps) {
  const slug = (await params).environment;
  const { vault, caller } = await openConsole(`/e/${slug}/services`);
  const environment = await environmentOf(caller, slug);
  await requirePage(caller, "services.list", environment);
  return (
    <ServiceList
      environment={environment}
      services={await found(vault.services.list(caller, slug))}
      canCreate={may(caller, "services.create", { environment })}
    />
  );
}
