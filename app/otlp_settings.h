// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "telemetry/otlp_exporter.h"

#include <QProcessEnvironment>

#include <optional>

namespace loquat {

/// From the variables that every OpenTelemetry program reads: OTEL_EXPORTER_OTLP_ENDPOINT (or
/// …_TRACES_ENDPOINT), OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME. None of the first two: no traces.
/// Errors name the variable.
Expected<std::optional<OtlpSettings>> otlpSettings(const QProcessEnvironment &environment);

} // namespace loquat
