// SPDX-License-Identifier: GPL-3.0-or-later
// Loquat with a store that keeps nothing and says at once that it did: what storing costs is the difference.
//     bench_storeless UPSTREAM_PORT MODEL
#include "backend.h"
#include "model_factory.h"
#include "options.h"
#include "tool_factory.h"

#include <QCoreApplication>
#include <QThread>

#include <sys/resource.h>

#include <cstdio>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

class KeepsNothing final : public EventLog, public SessionArchive
{
public:
    void append(const Event &, QObject *context, Stored stored, Order) override
    {
        QMetaObject::invokeMethod(
            context, [stored = std::move(stored)] { stored({}); }, Qt::QueuedConnection);
    }
    void load(const QString &, QObject *context, Loaded loaded) override
    {
        QMetaObject::invokeMethod(
            context, [loaded = std::move(loaded)] { loaded(std::optional<StoredSession>()); },
            Qt::QueuedConnection);
    }
    void unfinished(QObject *, Listed) override {}
};

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 3)
        return 64;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);

    Options options;
    options.providers = {
        {u"openai"_s, u"bench"_s, QUrl(u"http://127.0.0.1:%1/v1"_s.arg(arguments[1])), arguments[2]}};
    KeepsNothing store;
    Backend backend(BackendParts{.makeModel = modelFactory(options, nullptr),
                                 .makeTools = toolFactory({}),
                                 .log = store,
                                 .archive = store,
                                 .storeHealth = [] { return StoreHealth{}; },
                                 .modelName = arguments[2],
                                 .session = {},
                                 .limits = {},
                                 .port = 0,
                                 .threads = QThread::idealThreadCount()});
    const auto address = backend.start();
    if (!address)
        return 1;
    std::printf("listening on %d\n", address->port());
    std::fflush(stdout);
    return QCoreApplication::exec();
}
