// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/health.h"

#include <QCoreApplication>

namespace loquat {

using namespace Qt::StringLiterals;

QJsonObject healthJson()
{
    return {{"status"_L1, "ok"_L1},
            {"app"_L1, "loquat"_L1},
            {"version"_L1, QCoreApplication::applicationVersion()}};
}

} // namespace loquat
