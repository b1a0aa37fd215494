
#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* IAMLET_H */
