// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace loquat {

/// `text` with every "${NAME}" replaced by NAME of `environment`. Fails with "environment_missing", naming
/// it, if there is none. The values used are added to `secrets`.
Expected<QString> withEnvironment(const QString &text, const QProcessEnvironment &environment,
                                  QStringList *secrets = nullptr);

} // namespace loquat
