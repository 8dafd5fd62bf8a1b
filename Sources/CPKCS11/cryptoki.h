// What TokenKeys uses of Cryptoki (OASIS PKCS #11 2.40, sections 3, 5 and 6 of the base specification): names,
// numbers and layouts are the standard's. Functions that are never called keep their place as plain pointers.
//
// Layout: Unix, where structures are aligned as the compiler aligns them. Windows packs them to one byte.
#ifndef HANGU_CRYPTOKI_H
#define HANGU_CRYPTOKI_H

typedef unsigned char CK_BYTE;
typedef unsigned char CK_BBOOL;
typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_RV;
typedef CK_ULONG CK_FLAGS;
typedef CK_ULONG CK_SLOT_ID;
typedef CK_ULONG CK_SESSION_HANDLE;
typedef CK_ULONG CK_OBJECT_HANDLE;
typedef CK_ULONG CK_ATTRIBUTE_TYPE;
typedef CK_ULONG CK_MECHANISM_TYPE;

typedef struct {
    CK_BYTE major;
    CK_BYTE minor;
} CK_VERSION;

typedef struct {
    void *createMutex;
    void *destroyMutex;
    void *lockMutex;
    void *unlockMutex;
    CK_FLAGS flags;
    void *reserved;
} CK_C_INITIALIZE_ARGS;

// Texts are filled with blanks and have no end mark.
typedef struct {
    CK_BYTE label[32];
    CK_BYTE manufacturer[32];
    CK_BYTE model[16];
    CK_BYTE serial[16];
    CK_FLAGS flags;
    CK_ULONG maxSessions;
    CK_ULONG sessions;
    CK_ULONG maxWritingSessions;
    CK_ULONG writingSessions;
    CK_ULONG pinLengthMax;
    CK_ULONG pinLengthMin;
    CK_ULONG publicMemory;
    CK_ULONG freePublicMemory;
    CK_ULONG privateMemory;
    CK_ULONG freePrivateMemory;
    CK_VERSION hardware;
    CK_VERSION firmware;
    CK_BYTE time[16];
} CK_TOKEN_INFO;

typedef struct {
    CK_ATTRIBUTE_TYPE type;
    void *value;
    CK_ULONG length;
} CK_ATTRIBUTE;

typedef struct {
    CK_MECHANISM_TYPE mechanism;
    void *parameter;
    CK_ULONG parameterLength;
} CK_MECHANISM;

typedef struct {
    CK_BYTE *iv;
    CK_ULONG ivLength;
    CK_ULONG ivBits;
    CK_BYTE *associatedData;
    CK_ULONG associatedDataLength;
    CK_ULONG tagBits;
} CK_GCM_PARAMS;

// The functions in the order of the standard, section 6; `unused` stands for those between.
typedef struct {
    CK_VERSION version;
    CK_RV (*C_Initialize)(void *arguments);
    CK_RV (*C_Finalize)(void *reserved);
    void *unusedGetInfo[2];  // C_GetInfo, C_GetFunctionList
    CK_RV (*C_GetSlotList)(CK_BBOOL tokenPresent, CK_SLOT_ID *slots, CK_ULONG *count);
    void *unusedGetSlotInfo;
    CK_RV (*C_GetTokenInfo)(CK_SLOT_ID slot, CK_TOKEN_INFO *info);
    void *unusedMechanisms[2];  // C_GetMechanismList, C_GetMechanismInfo
    void *unusedPIN[3];         // C_InitToken, C_InitPIN, C_SetPIN
    CK_RV (*C_OpenSession)(
        CK_SLOT_ID slot, CK_FLAGS flags, void *application, void *notify, CK_SESSION_HANDLE *session);
    CK_RV (*C_CloseSession)(CK_SESSION_HANDLE session);
    void *unusedSessions[4];  // C_CloseAllSessions, C_GetSessionInfo, C_GetOperationState, C_SetOperationState
    CK_RV (*C_Login)(CK_SESSION_HANDLE session, CK_ULONG user, CK_BYTE *pin, CK_ULONG pinLength);
    CK_RV (*C_Logout)(CK_SESSION_HANDLE session);
    void *unusedObjects[2];  // C_CreateObject, C_CopyObject
    CK_RV (*C_DestroyObject)(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object);
    void *unusedGetObjectSize;
    CK_RV (*C_GetAttributeValue)(
        CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count);
    void *unusedSetAttributeValue;
    CK_RV (*C_FindObjectsInit)(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count);
    CK_RV (*C_FindObjects)(
        CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG room, CK_ULONG *count);
    CK_RV (*C_FindObjectsFinal)(CK_SESSION_HANDLE session);
    CK_RV (*C_EncryptInit)(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
    CK_RV (*C_Encrypt)(
        CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG dataLength, CK_BYTE *encrypted, CK_ULONG *length);
    void *unusedEncryption[2];  // C_EncryptUpdate, C_EncryptFinal
    CK_RV (*C_DecryptInit)(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
    CK_RV (*C_Decrypt)(
        CK_SESSION_HANDLE session, CK_BYTE *encrypted, CK_ULONG encryptedLength, CK_BYTE *data, CK_ULONG *length);
    // C_DecryptUpdate, C_DecryptFinal; 5 of digests; 6 of signing; 6 of verifying; 4 of two purposes at once.
    void *unusedBetween[23];
    CK_RV (*C_GenerateKey)(
        CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *template, CK_ULONG count,
        CK_OBJECT_HANDLE *key);
    void *unusedRest[9];  // C_GenerateKeyPair to C_WaitForSlotEvent
} CK_FUNCTION_LIST;

#endif
