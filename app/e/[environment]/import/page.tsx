import type { Metadata } from "next";
import { Import } from "../../../../components/import/import";
import { environmentOf, openConsole, requirePage } from "../../../console";

interface ImportProps {
  params: Promise<{ environment: string }>;
  searchParams: Promise<{ from?: string | string[] }>;
}

export async function generateMetadata({ params }: ImportProps): Promise<Metadata> {
  return { title: `Import · ${(await params).environment}` };
}

export default async function ImportPage({ params, searchParams }: ImportProps) {
  const slug = (await params).environment;
  const way = (await searchParams).from === "tyk" ? "tyk" : "text";
  const { caller } = await openConsole(`/e/${slug}/import${way === "tyk" ? "?from=tyk" : ""}`);
  const environment = await environmentOf(caller, slug);
  await requirePage(caller, "secrets.import", environment);
  return <Import key={way} environment={environment} importFrom={way} />;
}
