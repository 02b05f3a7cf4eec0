import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { EditService } from "../../../../../components/services/edit-service";
import { ServiceAbout } from "../../../../../components/services/service-about";
import { ServiceDanger } from "../../../../../components/services/service-danger";
import { ServiceState } from "../../../../../components/services/service-state";
import { Tokens } from "../../../../../components/services/tokens";
import { Forbidden } from "../../../../../components/shell/message-page";
import { PageHeader } from "../../../../../components/ui/page-header";
import { may } from "../../../../../lib/access/may";
import type { ServiceInfo } from "../../../../../lib/shapes";
import { environmentOf, found, openConsole } from "../../../../console";

interface ServiceProps {
  params: Promise<{ environment: string; id: string }>;
}

/** The service that the address names, or null when the reader may not see services. Read once a request. */
const serviceOf = cache(async (slug: string, id: string): Promise<ServiceInfo | null> => {
  const { vault, caller } = await openConsole(`/e/${slug}/services/${id}`);
  const environment = await environmentOf(caller, slug);
  if (!may(caller, "services.list", { environment })) return null;
  const service = await found(vault.services.get(caller, id));
  return service.environment === slug ? service : notFound();
});

export async function generateMetadata({ params }: ServiceProps): Promise<Metadata> {
  const { environment, id } = await params;
  const service = await serviceOf(environment, id);
  return { title: `${service?.name ?? "Service"} · ${environment}` };
}

export default async function Service({ params }: ServiceProps) {
  const { environment, id } = await params;
  const service = await serviceOf(environment, id);
  if (!service) return <Forbidden what="Services and their tokens are for admins." />;
  return (
    <>
      <PageHeader
        above={{ label: "Services", href: `/e/${environment}/services` }}
        title={service.name}
        beside={<ServiceState service={service} />}
        actions={<EditService service={service} />}
      />
      <ServiceAbout service={service} />
      <Tokens service={service} />
      <ServiceDanger service={service} />
    </>
  );
}
