// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Who is live: counts, search, filters, and the sessions.
Rectangle {
    id: panel

    required property ConsoleModel consoleModel
    readonly property SessionFilterModel sessions: consoleModel.sessions

    signal opened

    // The keys act on the selected session, so it has to be one that is shown.
    function focusList() {
        list.forceActiveFocus();
        if (panel.consoleModel.selectedRow < 0)
            panel.consoleModel.selectNeighbour(1);
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
                text: qsTr("Live sessions")
            }

            BodyText {
                Layout.fillWidth: true
                dimmed: true
                text: panel.consoleModel.counts
            }
        }

        SearchField {
            id: search

            Layout.fillWidth: true
            Layout.leftMargin: 12
            Layout.rightMargin: 12

            Keys.onDownPressed: panel.focusList()
            Keys.onEscapePressed: {
                clear();
                list.forceActiveFocus();
            }
            onAccepted: panel.focusList()
            onTextChanged: panel.sessions.search = text
        }

        SessionFilters {
            Layout.bottomMargin: 10
            Layout.leftMargin: 12
            Layout.topMargin: 10
            needsYou: panel.consoleModel.needsYou
            sessions: panel.sessions
        }

        NoticeStrip {
            Layout.fillWidth: true
            text: panel.consoleModel.status.trouble || panel.consoleModel.status.notice
        }

        Rectangle {
            Layout.fillWidth: true
            color: Theme.line
            implicitHeight: 1
        }

        ListView {
            id: list

            Accessible.name: qsTr("Sessions")
            Accessible.role: Accessible.List
            Layout.fillHeight: true
            Layout.fillWidth: true
            ScrollBar.vertical: ScrollBar {}
            activeFocusOnTab: true
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            currentIndex: -1 // the view would scroll back to it whenever its row number changes
            model: panel.sessions

            delegate: SessionRow {
                current: sessionId === panel.consoleModel.selectedId
                width: ListView.view.width

                onClicked: {
                    panel.consoleModel.select(sessionId);
                    panel.opened();
                }
            }

            Keys.onDownPressed: panel.consoleModel.selectNeighbour(1)
            Keys.onReturnPressed: panel.opened()
            Keys.onUpPressed: panel.consoleModel.selectNeighbour(-1)

            Connections {
                function onSelectionChanged() {
                    if (panel.consoleModel.selectedRow >= 0)
                        list.positionViewAtIndex(panel.consoleModel.selectedRow, ListView.Contain);
                }

                target: panel.consoleModel
            }

            FocusRing {
                anchors.margins: 1
                control: list
                radius: 0
            }

            EmptyState {
                readonly property bool away: panel.consoleModel.status.trouble.length > 0

                anchors.left: parent.left
                anchors.margins: 20
                anchors.right: parent.right
                explanation: {
                    if (panel.sessions.filtered)
                        return qsTr("No session matches. Choose All and clear the search to see every one.");
                    return away ? qsTr("Sessions appear here once the server answers.") : qsTr("Sessions appear here the moment a client connects.");
                }
                title: {
                    if (panel.sessions.filtered)
                        return qsTr("Nothing here");
                    return away ? qsTr("Not connected") : qsTr("No sessions yet");
                }
                visible: list.count === 0
                y: 40
            }
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
