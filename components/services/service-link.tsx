import Link from "next/link";

interface ServiceLinkProps {
  environment: string;
  service: { id: string; name: string };
}

/** A service's name, which leads to its page. */
export function ServiceLink({ environment, service }: ServiceLinkProps) {
  return (
    <Link
      href={`/e/${environment}/services/${service.id}`}
      prefetch={false}
      className="hover:underline"
    >
      {service.name}
    </Link>
  );
}
