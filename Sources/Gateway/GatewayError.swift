package import Consent
package import FieldCrypto
package import ResidentModel
package import StrictYAML
package import TransparencyLog

/// Why the gateway could not do what it was asked.
///
/// A refusal is no error but a result with reasons.
package enum GatewayError: Error, Sendable, CustomStringConvertible {
    case store(StoreError)
    case crypto(FieldCryptoError)
    case log(TransparencyLogError)
    case source(SourceError)
    case declaration(YAMLError)
    case policy(String)
    case consent(ConsentError)
    case request(RequestError)
    case stopped

    /// What the error means for the caller; exit codes and statuses come from here.
    package var category: ErrorCategory {
        switch self {
        case .store(.busy), .store(.diskFull), .store(.unreadable), .store(.overloaded),
            .store(.otherWriter):
            .unavailable
        case .crypto(.store(.unavailable)), .crypto(.rootKey(.unavailable)): .unavailable
        // Somebody was forgotten meanwhile; asked again, nobody is known.
        case .crypto(.residentKeyDestroyed): .unavailable
        case .crypto(.rootKey), .crypto(.share): .caller
        case .store(.corrupt), .store(.logRolledBack), .crypto, .log: .corrupt
        case .store(.newerFormat), .declaration, .policy, .consent, .request: .caller
        case .source(let error):
            switch error {
            case .absent, .unreadable: .unavailable
            case .truncated, .damaged: .corrupt
            case .missingTable, .missingColumn, .unsupported, .cursor: .caller
            }
        case .stopped: .unavailable
        }
    }

    package var description: String {
        switch self {
        case .store(let error): "\(error)"
        case .crypto(let error): "\(error)"
        case .log(let error): "\(error)"
        case .source(let error): "\(error)"
        case .declaration(let error): "\(error)"
        case .policy(let text): text
        case .consent(let error): "\(error)"
        case .request(let error): "\(error)"
        case .stopped: "stopped; what was stored before is kept, run again to go on"
        }
    }
}

/// The four kinds of failure.
package enum ErrorCategory: Sendable, CaseIterable {
    /// The caller must change something.
    case caller
    /// Decided against; the reasons say why.
    case refused
    /// Trying again later may help.
    case unavailable
    /// Stop and keep the evidence.
    case corrupt
}

/// What is wrong with a request, before anything is decided.
package enum RequestError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownConsent
    case unknownReview(Int64)
    case unknownMatter(String)
    case matterClosed(String)
    /// Who opened a matter, or has judged it, does not judge it.
    case ownMatter
    /// A correction of which no delivery has brought anything yet.
    case notDelivered
    case reviewNotOpen(Int64)
    case reviewKind(Int64)
    case noSuchResident
    case noSuchPseudonym
    case tokenNotTaken
    case noSuchEntry(UInt64)
    /// The entry was removed when its time of retention was over.
    case prunedEntry(UInt64)
    case citizenNumber(CitizenNumberError)
    case unknownName(String, of: String)
    /// A word that a filter cannot have; `allowed` are those it can, or those most like it.
    case unknownWord(String, of: String, allowed: [String])
    /// No cursor of this home and filter.
    case cursor
    /// Details of the log are opened for nobody who does not say who they are and why.
    case readerMissing
    case tooMany(String, max: Int)
    case empty(String)
    case unreadable(String)

    package var description: String {
        switch self {
        case .unknownConsent: "there is no consent of that id"
        case .unknownReview(let number): "there is no review \(number)"
        case .unknownMatter(let id): "there is no '\(id)' of that kind"
        case .matterClosed(let id): "'\(id)' is closed already"
        case .notDelivered: "the source has not delivered another value yet; pull first"
        case .ownMatter: "it takes somebody else: neither who opened it nor who has judged it"
        case .reviewNotOpen(let number): "review \(number) is decided already"
        case .reviewKind(let number): "review \(number) asks for no confirmation"
        case .noSuchResident: "no resident is known by that citizen number"
        case .noSuchPseudonym: "nobody is known by that pseudonym of this department"
        case .tokenNotTaken: "the token is not for this department, or is no longer valid"
        case .noSuchEntry(let index): "the log has no entry \(index)"
        case .prunedEntry(let index):
            "entry \(index) was removed when its time of retention was over; its hash is still there"
        case .citizenNumber(let error): error.description
        case .unknownName(let name, let what): "'\(name)' is not a \(what) of the catalogue"
        case .unknownWord(let word, let what, let allowed):
            allowed.isEmpty
                ? "'\(word)' is not a \(what)"
                : "'\(word)' is not a \(what); did you mean \(allowed.joined(separator: ", "))?"
        case .cursor: "the cursor is not one of this home for this filter"
        case .readerMissing: "details of the log are opened only with --officer and --reason"
        case .tooMany(let what, let max): "too many \(what), at most \(max) are allowed"
        case .empty(let what): "\(what) must not be empty"
        case .unreadable(let what): what
        }
    }
}

/// Runs a call of the log engine with the gateway's errors.
package func inLog<Result>(
    _ body: () throws(TransparencyLogError) -> Result
) throws(GatewayError) -> Result {
    do { return try body() } catch { throw .log(error) }
}

/// Runs a call of the key ring with the gateway's errors.
package func inCrypto<Result>(
    _ body: () throws(FieldCryptoError) -> Result
) throws(GatewayError) -> Result {
    do { return try body() } catch { throw .crypto(error) }
}
