import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { Import } from "../../../../components/import/import";
import { may } from "../../../../lib/access/may";
import { environmentOf, openConsole } from "../../../console";

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
  if (!may(caller, "secrets.import", { environment })) forbidden();
  return <Import key={way} environment={environment} importFrom={way} />;
}
