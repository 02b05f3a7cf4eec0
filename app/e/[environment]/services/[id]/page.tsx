import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { LatestEvents } from "../../../../../components/audit/latest-events";
import { EditService } from "../../../../../components/services/edit-service";
import { ServiceAbout } from "../../../../../components/services/service-about";
import { ServiceDanger } from "../../../../../components/services/service-danger";
import { EverySecret, ServiceState } from "../../../../../components/services/service-state";
import { Tokens } from "../../../../../components/services/tokens";
import { PageHeader } from "../../../../../components/ui/page-header";
import type { EnvironmentInfo, ServiceInfo } from "../../../../../lib/shapes";
import { environmentOf, found, openConsole, requirePage } from "../../../../console";
import { latestOf } from "../../../../record";

interface ServiceProps {
  params: Promise<{ environment: string; id: string }>;
}

interface Named {
  service: ServiceInfo;
  environment: EnvironmentInfo;
}

/** The service that the address names. Read once a request. */
const serviceOf = cache(async (slug: string, id: string): Promise<Named> => {
  const { vault, caller } = await openConsole(`/e/${slug}/services/${id}`);
  const environment = await environmentOf(caller, slug);
  await requirePage(caller, "services.list", environment);
  const service = await found(vault.services.get(caller, id));
  return service.environment === slug ? { service, environment } : notFound();
});

export async function generateMetadata({ params }: ServiceProps): Promise<Metadata> {
  const { environment, id } = await params;
  const { service } = await serviceOf(environment, id);
  return { title: `${service.name} · ${environment}` };
}

export default async function Service({ params }: ServiceProps) {
  const { environment: slug, id } = await params;
  const { service, environment } = await serviceOf(slug, id);
  const { vault, caller } = await openConsole(`/e/${slug}/services/${id}`);
  const latest = await latestOf({ vault, caller }, { service: service.id });
  return (
    <>
      <PageHeader
        above={{ label: "Services", href: `/e/${slug}/services` }}
        title={service.name}
        beside={
          <>
            <ServiceState service={service} />
            <EverySecret service={service} />
          </>
        }
        actions={<EditService service={service} environment={environment} />}
      />
      <ServiceAbout service={service} environment={environment} />
      <Tokens service={service} />
      {latest ? <LatestEvents latest={latest} filters={{ service: service.id }} /> : null}
      <ServiceDanger service={service} />
    </>
  );
}
