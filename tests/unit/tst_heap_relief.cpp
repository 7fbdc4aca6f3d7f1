// SPDX-License-Identifier: GPL-3.0-or-later
#include "heap_relief.h"

#include <QFile>
#include <QTest>

#include <memory>
#include <unistd.h>
#include <vector>

using namespace loquat;

namespace {

constexpr qsizetype MiB = 1024 * 1024;
constexpr qsizetype blockSize = 16 * 1024; // glibc asks the system for each that is much larger

qsizetype residentBytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    return file.open(QIODevice::ReadOnly)
               ? file.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE)
               : 0;
}

/// What a crowd leaves: much is free, and something that stays lies behind it.
class Crowd
{
public:
    explicit Crowd(qsizetype bytes)
    {
        for (qsizetype i = 0; i < bytes / blockSize; ++i)
            m_blocks.push_back(std::make_unique<QByteArray>(blockSize, 'x'));
        m_last = std::make_unique<QByteArray>(blockSize, 'y');
    }
    void leave() { m_blocks.clear(); }

private:
    std::vector<std::unique_ptr<QByteArray>> m_blocks;
    std::unique_ptr<QByteArray> m_last;
};

} // namespace

/// Protects that memory a crowd of clients took is not kept when it has gone.
class TestHeapRelief : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__)
        QSKIP("This allocator gives back by itself.");
#endif
    }

    void whatBecameFreeIsGivenBack()
    {
        HeapRelief relief;
        Crowd crowd(64 * MiB);
        QVERIFY(!relief.look());
        crowd.leave();
        const qsizetype before = residentBytes();
        QVERIFY(relief.look());
        QVERIFY(before - residentBytes() > 32 * MiB);
    }

    void littleIsLeftAlone()
    {
        HeapRelief relief;
        Crowd crowd(8 * MiB);
        QVERIFY(!relief.look());
        crowd.leave();
        QVERIFY(!relief.look());
    }

    void whatWasGivenBackIsNotGivenBackAgain()
    {
        HeapRelief relief;
        Crowd crowd(64 * MiB);
        crowd.leave();
        relief.look();
        QVERIFY(!relief.look());
    }

    void aCrowdThatNobodySawIsOneToo()
    {
        HeapRelief relief;
        for (int i = 0; i < 3; ++i) {
            Crowd crowd(64 * MiB); // comes and goes between two looks
            crowd.leave();
            QVERIFY(relief.look());
        }
    }

    void theNextCrowdIsANewOne()
    {
        HeapRelief relief;
        for (int i = 0; i < 2; ++i) {
            Crowd crowd(64 * MiB);
            relief.look();
            crowd.leave();
            QVERIFY(relief.look());
        }
    }
};

QTEST_GUILESS_MAIN(TestHeapRelief)
#include "tst_heap_relief.moc"
