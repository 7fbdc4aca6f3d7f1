// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Stored sessions: search, filters, and what was found.
Rectangle {
    id: panel

    readonly property HistoryModel found: history.found
    required property HistoryPageModel history

    signal opened

    function focusList() {
        list.forceActiveFocus();
    }

    function focusSearch() {
        search.forceActiveFocus();
        search.selectAll();
    }

    color: Theme.panel

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            Layout.bottomMargin: 10
            Layout.leftMargin: 16
            Layout.rightMargin: 12
            Layout.topMargin: 14
            spacing: 9

            BodyText {
                Accessible.name: text
                Accessible.role: Accessible.Heading
                font.pixelSize: 15
                font.weight: Font.DemiBold
                text: qsTr("History")
            }

            BodyText {
                Layout.fillWidth: true
                dimmed: true
                text: panel.found.state === HistoryModel.Loading ? qsTr("looking …") : panel.found.countText
            }

            IconButton {
                id: refresh

                implicitHeight: 24
                implicitWidth: 24
                path: Icons.refresh
                text: qsTr("Refresh")

                onClicked: panel.found.activate()

                Tip {
                    text: qsTr("Refresh  F5")
                    visible: refresh.hovered
                }
            }
        }

        SearchField {
            id: search

            Accessible.name: qsTr("Search the history")
            Layout.fillWidth: true
            Layout.leftMargin: 12
            Layout.rightMargin: 12
            keys: "Ctrl F"
            placeholderText: qsTr("Words that were said")
            text: panel.found.search

            Keys.onDownPressed: panel.focusList()
            Keys.onEscapePressed: {
                panel.found.search = "";
                panel.focusList();
            }
            onAccepted: {
                panel.focusList();
                if (panel.history.selectedRow < 0)
                    panel.history.selectNeighbour(1);
            }
            onTextEdited: panel.found.search = text
        }

        HistoryFilters {
            Layout.bottomMargin: 10
            Layout.fillWidth: true
            Layout.leftMargin: 12
            Layout.rightMargin: 12
            Layout.topMargin: 10
            found: panel.found
        }

        NoticeStrip {
            Layout.fillWidth: true
            text: panel.found.notice
        }

        Rectangle {
            Layout.fillWidth: true
            color: Theme.line
            implicitHeight: 1
        }

        ListView {
            id: list

            function reachFurther() {
                if (contentY + height > contentHeight - 300)
                    panel.found.loadMore();
            }

            Accessible.name: qsTr("Stored sessions")
            Accessible.role: Accessible.List
            Layout.fillHeight: true
            Layout.fillWidth: true
            ScrollBar.vertical: ScrollBar {}
            activeFocusOnTab: true
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            currentIndex: -1 // the view would scroll back to it whenever its row number changes
            model: panel.found

            delegate: HistoryRow {
                current: sessionId === panel.history.selectedId
                width: ListView.view.width

                onClicked: {
                    panel.history.select(sessionId);
                    panel.opened();
                }
            }

            Keys.onDownPressed: panel.history.selectNeighbour(1)
            Keys.onReturnPressed: panel.opened()
            Keys.onUpPressed: panel.history.selectNeighbour(-1)
            onContentYChanged: reachFurther()

            Connections {
                function onSelectionChanged() {
                    if (panel.history.selectedRow >= 0)
                        list.positionViewAtIndex(panel.history.selectedRow, ListView.Contain);
                }

                target: panel.history
            }

            FocusRing {
                anchors.margins: 1
                control: list
                radius: 0
            }

            EmptyState {
                readonly property bool failed: panel.found.state === HistoryModel.Failed

                action: failed ? qsTr("Try again") : panel.found.more ? qsTr("Look further") : panel.found.filtered ? qsTr("Show all") : ""
                anchors.left: parent.left
                anchors.margins: 20
                anchors.right: parent.right
                explanation: {
                    if (failed)
                        return panel.found.error;
                    if (panel.found.more)
                        return qsTr("A lot was looked through without a match.");
                    return panel.found.filtered ? qsTr("No stored session matches. A search finds whole words, and the beginning of the last one.") : qsTr("Every conversation is kept here from its first message on.");
                }
                title: failed ? qsTr("The history could not be read") : panel.found.filtered ? qsTr("Nothing found") : qsTr("No conversation yet")
                visible: list.count === 0 && panel.found.state !== HistoryModel.Loading && panel.found.state !== HistoryModel.Idle
                y: 40

                onActed: {
                    if (failed)
                        return panel.found.retry();
                    if (panel.found.more)
                        return panel.found.loadMore();
                    panel.found.search = "";
                    panel.found.user = "";
                    panel.found.status = HistoryModel.Any;
                }
            }

            BodyText {
                anchors.horizontalCenter: parent.horizontalCenter
                dimmed: true
                text: qsTr("Looking through what is stored …")
                visible: list.count === 0 && panel.found.state === HistoryModel.Loading
                y: 60
            }
        }

        HistoryEnd {
            Layout.fillWidth: true
            found: panel.found
            unfilled: list.contentHeight < list.height
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        color: Theme.line
        width: 1
    }
}
