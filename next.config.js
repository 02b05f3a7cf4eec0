/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  images: { unoptimized: true },
  // `forbidden()`: a page that the reader's role does not include answers 403.
  experimental: { authInterrupts: true },
  // `npm test` runs tsc over the whole repository; the build does not repeat it.
  typescript: { ignoreBuildErrors: true },
};
