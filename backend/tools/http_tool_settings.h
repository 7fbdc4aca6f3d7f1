// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"
#include "tools/tool_runner.h"

#include <QProcessEnvironment>

#include <chrono>
#include <utility>

namespace loquat {

/// A tool that is a request to a web service. Secrets are already in place.
struct HttpToolSettings
{
    QString name;
    QString description;
    QJsonObject parameters; ///< JSON Schema, draft 7, of an object
    QByteArray method = "GET";
    QString urlTemplate; ///< {argument} stands for the argument's value, percent-encoded
    QList<std::pair<QByteArray, QByteArray>> headers = {};
    std::chrono::milliseconds timeout{15'000};
    QString resultPath = {};              ///< JSON Pointer into the answer; empty: all of it
    qsizetype maxResultBytes = 32 * 1024; ///< longer results are cut
    ToolPolicy policy = ToolPolicy::Allow;
    QStringList secrets = {}; ///< values from the environment, blotted out of whatever comes back
    QString userAgent = QStringLiteral("Loquat");
};

/// {"name","description","parameters","method","url","headers":{…},"timeout_ms","result_path",
/// "max_result_bytes","policy":"allow|ask|deny"}. "${NAME}" in the URL and the headers is NAME of
/// `environment`. Errors name the key.
Expected<HttpToolSettings> httpToolFromJson(const QJsonObject &json, const QProcessEnvironment &environment);

/// {argument}s of a URL template, in order.
QStringList placeholdersOf(const QString &urlTemplate);

} // namespace loquat
